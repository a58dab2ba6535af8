package io.holdfast.objects;

/** An object of a channel as its operations have made it. */
public sealed interface SharedObject permits MapObject, CounterObject {
  /** What an object takes beside its id and what is in it, bytes. */
  int OVERHEAD = 128;

  Head head();

  default String id() {
    return head().id();
  }

  /** What it takes, bytes: what it holds and roughly what it needs for that. */
  long size();

  SharedObject with(Head head);

  /** Applies an operation it has not heard; one that is not of its kind changes nothing. */
  SharedObject apply(Operation operation, Stamp stamp);

  /** A new object of the kind that an id names. */
  static SharedObject blank(String id, ObjectType type) {
    Head head = Head.blank(id);
    return switch (type) {
      case MAP -> MapObject.of(head, Sorted.empty(), null);
      case COUNTER -> new CounterObject(head, 0);
    };
  }
}
