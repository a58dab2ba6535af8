/**
 * Everything that acts on time: compaction, retention and leaving memory. A keeper only asks a
 * channel to do its work; the channel's lane does it, and presence's graces live with the
 * connections and channels they belong to.
 */
@NullMarked
package io.holdfast.keepers;

import org.jspecify.annotations.NullMarked;
