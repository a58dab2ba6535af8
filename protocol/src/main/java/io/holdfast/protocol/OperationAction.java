package io.holdfast.protocol;

import io.holdfast.objects.Operation;

/** The numbers of an operation's {@code action} (OOP2). */
final class OperationAction {
  static final int MAP_CREATE = 0;
  static final int MAP_SET = 1;
  static final int MAP_REMOVE = 2;
  static final int COUNTER_CREATE = 3;
  static final int COUNTER_INC = 4;
  static final int OBJECT_DELETE = 5;
  static final int MAP_CLEAR = 6;

  private OperationAction() {}

  static int of(Operation operation) {
    return switch (operation) {
      case Operation.MapCreate o -> MAP_CREATE;
      case Operation.MapSet o -> MAP_SET;
      case Operation.MapRemove o -> MAP_REMOVE;
      case Operation.MapClear o -> MAP_CLEAR;
      case Operation.CounterCreate o -> COUNTER_CREATE;
      case Operation.CounterInc o -> COUNTER_INC;
      case Operation.ObjectDelete o -> OBJECT_DELETE;
      case Operation.Unknown o -> o.action();
    };
  }
}
