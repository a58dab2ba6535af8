package io.holdfast.objects;

/**
 * A number that is added to.
 *
 * @param value what was added so far, the initial value included once the creation is merged
 */
public record CounterObject(Head head, double value) implements SharedObject {
  private static final int NUMBER = 8;

  @Override
  public long size() {
    return (long) OVERHEAD + Utf8.length(id()) + (head.deleted() ? 0 : NUMBER);
  }

  @Override
  public CounterObject with(Head other) {
    return new CounterObject(other, value);
  }

  @Override
  public CounterObject apply(Operation operation, Stamp stamp) {
    Head heard = head.heard(stamp);
    if (operation instanceof Operation.ObjectDelete) {
      return new CounterObject(heard.gone(stamp.time()), 0);
    }
    if (head.deleted()) {
      return with(heard);
    }
    return switch (operation) {
      case Operation.CounterCreate create ->
          head.created() ? with(heard) : new CounterObject(heard.merged(), value + create.count());
      case Operation.CounterInc inc -> new CounterObject(heard, value + inc.amount());
      case Operation.MapCreate m -> with(heard);
      case Operation.MapSet m -> with(heard);
      case Operation.MapRemove m -> with(heard);
      case Operation.MapClear m -> with(heard);
      case Operation.ObjectDelete d -> with(heard);
      case Operation.Unknown u -> with(heard);
    };
  }
}
