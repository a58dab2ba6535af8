package io.holdfast.sessions;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sessions may know: the client and, through it, the protocol. */
class ArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.holdfast.sessions");

  @Test
  void sessionsKnowTheClientAndNothingElseOfOurs() {
    List<String> known = List.of("sessions", "client", "protocol");
    noClasses()
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are in another room than " + known,
                (JavaClass type) ->
                    type.getPackageName().startsWith("io.holdfast.")
                        && known.stream()
                            .noneMatch(
                                room -> type.getPackageName().equals("io.holdfast." + room))))
        .check(CLASSES);
  }

  @Test
  void onlyOnePlaceKnowsTheClientsChannels() {
    noClasses()
        .that()
        .doNotHaveSimpleName("ClientChannel")
        .and()
        .doNotHaveSimpleName("ClientSession")
        .and()
        .doNotHaveSimpleName("AgentSession")
        .and()
        .haveNameNotMatching(".*ClientChannel\\$.*")
        .should()
        .dependOnClassesThat()
        .haveSimpleNameContaining("RealtimeClient")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.holdfast.client.Channel")
        .check(CLASSES);
  }

  @Test
  void whatIsDecidedHasNoClockAndNoThreads() {
    noClasses()
        .that()
        .haveSimpleNameStartingWith("Tree")
        .or()
        .haveSimpleNameEndingWith("Fold")
        .or()
        .haveSimpleNameEndingWith("Node")
        .or()
        .haveSimpleNameStartingWith("Wire")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..", "java.time..", "java.net..")
        .check(CLASSES);
  }
}
