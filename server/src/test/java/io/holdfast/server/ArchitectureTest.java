package io.holdfast.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arrows between the rooms, as ARCHITECTURE.md draws them. */
class ArchitectureTest {
  private static final String OURS = "io.holdfast.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.holdfast");

  /** A room and, after the colon, every other room that it may know. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "objects:",
        "protocol:objects",
        "journal:",
        "fold:objects protocol",
        "journalrocksdb:journal",
        "journalnats:journal",
        "nodes:journal",
        "channels:fold journal nodes objects protocol",
        "connections:channels fold journal nodes objects protocol",
        "keepers:channels fold journal nodes objects protocol",
        "server:connections keepers channels fold journal journalnats journalrocksdb nodes objects protocol",
      })
  void aRoomKnowsOnlyTheseOthers(String room, String others) {
    Set<String> known = others == null ? Set.of() : Set.of(others.split(" "));
    DescribedPredicate<JavaClass> forbidden =
        DescribedPredicate.describe(
            "are in another room than " + known,
            type ->
                type.getPackageName().startsWith(OURS)
                    && !type.getPackageName().equals(OURS + room)
                    && !known.contains(type.getPackageName().substring(OURS.length())));
    noClasses()
        .that(resideInAPackage(OURS + room))
        .should()
        .dependOnClassesThat(forbidden)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void roomsFormNoCycles() {
    slices()
        .matching("io.holdfast.(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void aModuleIsOneRoom() {
    classes()
        .should()
        .resideInAPackage("io.holdfast.*")
        .because("packages are the walls that the compiler guards")
        .check(CLASSES);
  }

  @Test
  void onlyTheDoorsKnowTheNetworkAndTheEngine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.holdfast.server")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty.channel..", "io.netty.handler..", "picocli..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.holdfast.journalrocksdb")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.rocksdb..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.holdfast.journalnats")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.nats..")
        .check(CLASSES);
  }

  @Test
  void theFoldHasNoClockThreadsOrInputs() {
    noClasses()
        .that()
        .resideInAnyPackage("io.holdfast.fold", "io.holdfast.objects", "io.holdfast.protocol")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.util.concurrent..", "java.nio.file..", "java.net..", "java.time..", "org.slf4j..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }
}
