package io.holdfast.fold;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.objects.MapEntry;
import io.holdfast.objects.SharedObject;
import io.holdfast.protocol.Annotation;
import io.holdfast.protocol.Data;
import io.holdfast.protocol.PresenceMessage;
import java.util.Arrays;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StoredFormTest {
  @Provide
  Arbitrary<Entry> entries() {
    return StoredForms.entry();
  }

  @Provide
  Arbitrary<StoredMessage> messages() {
    return StoredForms.message();
  }

  @Provide
  Arbitrary<PresenceMessage> presence() {
    return StoredForms.presence();
  }

  @Provide
  Arbitrary<Annotation> annotations() {
    return StoredForms.annotation();
  }

  @Provide
  Arbitrary<SharedObject> objects() {
    return StoredOperations.object();
  }

  @Provide
  Arbitrary<MapEntry> mapEntries() {
    return StoredOperations.entry();
  }

  @Provide
  Arbitrary<ChannelManifest> manifests() {
    return StoredForms.manifest();
  }

  @Provide
  Arbitrary<Integer> places() {
    return Arbitraries.integers().between(0, 10_000);
  }

  @Property
  void entriesSurviveBeingStored(@ForAll("entries") Entry entry) {
    assertEquals(entry, EntryCodec.decode(EntryCodec.encode(entry)));
  }

  @Property
  void messagesSurviveBeingStored(@ForAll("messages") StoredMessage message) {
    assertEquals(message, StoredMessage.decode(message.encode()));
  }

  @Property
  void annotationsSurviveBeingStored(@ForAll("annotations") Annotation annotation) {
    assertEquals(annotation, AnnotationRecord.decode(AnnotationRecord.encode(annotation)));
  }

  @Property
  void presenceEventsSurviveBeingStored(@ForAll("presence") PresenceMessage message) {
    assertEquals(message, PresenceRecord.decode(PresenceRecord.encode(message)));
  }

  @Property
  void objectsSurviveBeingStored(@ForAll("objects") SharedObject object) {
    assertEquals(object, ObjectRecord.decode(ObjectRecord.encode(object)));
  }

  @Property
  void entriesOfMapsSurviveBeingStored(@ForAll("mapEntries") MapEntry entry) {
    assertEquals(entry, ObjectRecord.decodeEntry(ObjectRecord.encode(entry)));
  }

  @Property
  void manifestsSurviveBeingStored(@ForAll("manifests") ChannelManifest manifest) {
    ChannelManifest read = ChannelManifest.decode(manifest.encode());
    assertEquals(manifest.trimmed(), read.trimmed());
    assertEquals(manifest.through(), read.through());
    assertArrayEquals(manifest.state(), read.state());
  }

  @Test
  void aViewOfALongerArrayIsStoredAsItsOwnBytesOnly() {
    Data view =
        Data.view(
            Data.Kind.TEXT, "hello world".getBytes(java.nio.charset.StandardCharsets.UTF_8), 5);
    Entry entry = new Entry(java.util.List.of(Parts.publishData("c", 0, view)));
    assertEquals(entry, EntryCodec.decode(EntryCodec.encode(entry)));
  }

  @Property
  void anEntryCutShortIsAFaultThatSaysSo(@ForAll("entries") Entry entry, @ForAll("places") int at) {
    byte[] bytes = EntryCodec.encode(entry);
    byte[] torn = Arrays.copyOf(bytes, at % bytes.length);
    assertThrows(IllegalStateException.class, () -> EntryCodec.decode(torn));
  }

  @Property
  void aDamagedEntryIsReadOrIsAFaultThatSaysSo(
      @ForAll("entries") Entry entry, @ForAll("places") int at, @ForAll byte other) {
    damaged(EntryCodec.encode(entry), at, other, EntryCodec::decode);
  }

  @Property
  void aDamagedMessageIsReadOrIsAFaultThatSaysSo(
      @ForAll("messages") StoredMessage message, @ForAll("places") int at, @ForAll byte other) {
    damaged(message.encode(), at, other, StoredMessage::decode);
  }

  private static void damaged(byte[] bytes, int at, byte other, Function<byte[], Object> read) {
    bytes[at % bytes.length] = other;
    try {
      assertNotNull(read.apply(bytes));
    } catch (IllegalStateException said) {
      assertNotNull(said.getMessage());
    }
  }

  @Test
  void aCountThatCannotBeTakesNoMemory() {
    byte[] bytes = {1, -1, -1, -1, -1, 7};
    assertThrows(IllegalStateException.class, () -> EntryCodec.decode(bytes));
  }

  @Test
  void aNewerFormIsRefused() {
    byte[] newer = {2, 1};
    assertThrows(IllegalStateException.class, () -> EntryCodec.decode(newer));
    assertThrows(IllegalStateException.class, () -> StoredMessage.decode(newer));
    assertThrows(IllegalStateException.class, () -> ChannelManifest.decode(newer));
    assertThrows(IllegalStateException.class, () -> new Members().decode(newer));
  }

  @Test
  void noManifestIsTheEmptyOne() {
    assertEquals(ChannelManifest.EMPTY, ChannelManifest.decode(new byte[0]));
  }
}
