package io.holdfast.simulator;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each bug is put into the node itself, and the invariant it breaks must see it. */
class BugInTheNodeTest {
  private static final int MANY = 1_500;
  private static final long BASE = 3_000_000;

  private static void caught(String invariant, Mutant world) {
    caught(Set.of(invariant), world);
  }

  /** Runs histories until one of those invariants is broken. */
  private static void caught(Set<String> invariants, Mutant world) {
    LongFunction<@Nullable String> histories = world.histories();
    Set<String> others = new TreeSet<>();
    for (long seed = BASE; seed < BASE + MANY; seed++) {
      String broken = histories.apply(seed);
      if (broken != null) {
        assertTrue(world.planted(), "there is no such method any more: mend this");
        if (invariants.contains(broken)) {
          return;
        }
        others.add(broken);
      }
    }
    fail(invariants + " have not seen it in " + MANY + " histories, but " + others);
  }

  /** Puts other instructions where a method's own were. */
  private static CodeTransform instead(Consumer<CodeBuilder> code) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder builder) {
        code.accept(builder);
      }

      @Override
      public void accept(CodeBuilder builder, CodeElement element) {
        // what was there is left out
      }
    };
  }

  /** Calls another method of the same form. */
  private static CodeTransform calling(String method, String instead) {
    return (builder, element) -> {
      if (element instanceof InvokeInstruction call && call.name().equalsString(method)) {
        builder.invoke(
            call.opcode(), call.owner().asSymbol(), instead, call.typeSymbol(), call.isInterface());
      } else {
        builder.with(element);
      }
    };
  }

  @Test
  void framesSentAgainWithoutLookingAtTheirMarks() {
    Mutant world =
        new Mutant("io.holdfast.fold.Marks", "find", instead(code -> code.aconst_null().areturn()));
    caught(NothingAppliedTwice.NAME, world);
  }

  @Test
  void aBareDeltaAtFirstContact() {
    ClassDesc need = ClassDesc.of("io.holdfast.channels.Holding$Need");
    ClassDesc outgoing = ClassDesc.of("io.holdfast.channels.Outgoing");
    MethodTypeDesc isAppend =
        MethodTypeDesc.of(ConstantDescs.CD_boolean, ClassDesc.of("io.holdfast.fold.Event$Changed"));
    Mutant world =
        new Mutant(
            "io.holdfast.channels.Holding",
            "need",
            instead(
                code ->
                    code.aload(1)
                        .invokestatic(outgoing, "isAppend", isAppend)
                        .ifThenElse(
                            append -> append.getstatic(need, "DELTA", need),
                            other -> other.getstatic(need, "WHOLE", need))
                        .areturn()));
    caught(FirstContactWhole.NAME, world);
  }

  @Test
  void anAckThatOvertakesAnother() {
    Mutant world =
        new Mutant("io.holdfast.connections.AckQueue", "add", calling("add", "offerFirst"));
    caught(AcksInOrder.NAME, world);
  }

  @Test
  void aPublisherWhoseEntriesChangePlaces() {
    Mutant world = new Mutant("io.holdfast.channels.Outbox", "add", calling("add", "offerFirst"));
    caught(OneOrderForAll.NAME, world);
  }

  @Test
  void whoeverComesBackIsToldItMissedNothing() {
    Mutant world =
        new Mutant(
            "io.holdfast.channels.Joining",
            "canResume",
            instead(code -> code.iconst_1().ireturn()));
    caught(Set.of(ResumeNeverSkips.NAME, AtRest.NAME), world);
  }

  @Test
  void membersThatStayWithTheTransportThatIsGone() {
    Mutant world =
        new Mutant("io.holdfast.channels.Joining", "moveMembers", instead(code -> code.return_()));
    caught(PresenceTrue.NAME, world);
  }

  @Test
  void noGraceForWhoIsLost() {
    int grace = 4;
    Mutant world =
        new Mutant(
            "io.holdfast.connections.Connections",
            "lost",
            (builder, element) -> {
              if (element instanceof LoadInstruction load && load.slot() == grace) {
                builder.iconst_0();
              } else {
                builder.with(element);
              }
            });
    caught(PresenceTrue.NAME, world);
  }

  @Test
  void aLeaveThatIsNotListenedTo() {
    Mutant world =
        new Mutant(
            "io.holdfast.fold.Members", "depart", instead(code -> code.aconst_null().areturn()));
    caught(PresenceTrue.NAME, world);
  }

  @Test
  void rightsThatAreTakenFromNobodyWhoIsAttached() {
    Mutant world =
        new Mutant(
            "io.holdfast.connections.ClientChannels",
            "accessChanged",
            instead(code -> code.return_()));
    caught(RightsTrue.NAME, world);
  }

  @Test
  void anAttachUnderWayThatNewCredentialsAnswerWithDetached() {
    Mutant world =
        new Mutant(
            "io.holdfast.connections.ClientChannels",
            "changed",
            (builder, element) -> {
              if (element instanceof InvokeInstruction call
                  && call.name().equalsString("answered")) {
                builder.pop().iconst_1();
              } else {
                builder.with(element);
              }
            });
    caught(RightsTrue.ANSWERED, world);
  }

  @Test
  void credentialsThatNeverEnd() {
    Mutant world =
        new Mutant(
            "io.holdfast.connections.ClientLink", "watchExpiry", instead(code -> code.return_()));
    caught(Issuer.NAME, world);
  }

  @Test
  void aFilterThatLetsEverythingThrough() {
    Mutant world =
        new Mutant(
            "io.holdfast.channels.Outgoing", "passing", instead(code -> code.aload(0).areturn()));
    caught(FiltersTrue.NAME, world);
  }

  @Test
  void aDifferenceThatWasMadeForSomebodyElse() {
    Mutant world =
        new Mutant(
            "io.holdfast.channels.Outgoing",
            "over",
            (builder, element) -> {
              if (element instanceof InvokeInstruction call && call.name().equalsString("equals")) {
                builder.pop2().iconst_1();
              } else {
                builder.with(element);
              }
            });
    caught(DeltasTrue.NAME, world);
  }

  @Test
  void aChangeOfObjectsThatComesAgainAndCountsTwice() {
    ClassDesc origin = ClassDesc.of("io.holdfast.fold.Origin");
    Mutant world =
        new Mutant(
            "io.holdfast.fold.Applying",
            "operate",
            (builder, element) -> {
              if (element instanceof InvokeInstruction call && call.name().equalsString("origin")) {
                builder.pop().getstatic(origin, "NONE", origin);
              } else {
                builder.with(element);
              }
            });
    caught(Set.of(ObjectsTrue.ONCE, ObjectsTrue.LOGGED), world);
  }

  @Test
  void aRemovalFromAMapThatIsForgotten() {
    ClassDesc entry = ClassDesc.of("io.holdfast.objects.MapEntry");
    CodeTransform forgetting =
        new CodeTransform() {
          @Override
          public void atStart(CodeBuilder builder) {
            builder
                .aload(2)
                .invokevirtual(entry, "removed", MethodTypeDesc.of(ConstantDescs.CD_boolean))
                .ifThen(code -> code.aload(0).areturn());
          }

          @Override
          public void accept(CodeBuilder builder, CodeElement element) {
            builder.with(element);
          }
        };
    Mutant world = new Mutant("io.holdfast.objects.MapObject", "written", forgetting);
    caught(ObjectsTrue.LOGGED, world);
  }

  @Test
  void objectsThatAreSyncedAsTheyOnceWere() {
    Mutant world =
        new Mutant(
            "io.holdfast.channels.ObjectSyncs",
            "pages",
            (builder, element) -> {
              if (element instanceof InvokeInstruction call && call.name().equalsString("clear")) {
                builder.pop();
              } else {
                builder.with(element);
              }
            });
    caught(ObjectsTrue.CONVERGE, world);
  }
}
