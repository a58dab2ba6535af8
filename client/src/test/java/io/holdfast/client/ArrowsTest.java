package io.holdfast.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What the client knows; the arrows of the other rooms are tested where all of them are seen. */
class ArrowsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.holdfast.client");

  @Test
  void itKnowsTheWireAndLittleElse() {
    classes()
        .that()
        .resideInAPackage("io.holdfast.client")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.holdfast.client",
            "io.holdfast.protocol",
            "io.holdfast.objects",
            "java..",
            "javax.crypto..",
            "com.fasterxml.jackson.core..",
            "org.slf4j",
            "org.jspecify.annotations")
        .check(CLASSES);
  }
}
