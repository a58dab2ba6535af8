package io.holdfast.connections;

import io.holdfast.fold.Owner;
import io.holdfast.fold.Publisher;

/**
 * Who a transport speaks for.
 *
 * @param connectionId the connection, the same on all its transports
 * @param incarnation which life of it
 * @param owner this transport, as it answers for presence members
 */
record Identity(String connectionId, long incarnation, Owner owner) {
  Publisher publisher() {
    return new Publisher(connectionId, incarnation);
  }
}
