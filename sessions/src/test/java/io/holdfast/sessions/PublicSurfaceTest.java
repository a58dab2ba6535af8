package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users of the client and of sessions link is written down in each one's {@code
 * public-surface.txt}, and every change of it shows there. A change that is meant is taken over
 * with {@code -Dsurface.accept=true}.
 */
class PublicSurfaceTest {
  @ParameterizedTest
  @ValueSource(strings = {"client", "sessions"})
  void itIsWhatIsWrittenDown(String module) throws Exception {
    Path kept = Path.of("..", module, "public-surface.txt");
    List<String> surface = surface(module);
    if (Boolean.getBoolean("surface.accept")) {
      Files.write(kept, surface);
    }
    assertEquals(
        String.join("\n", Files.readAllLines(kept)),
        String.join("\n", surface),
        "the public surface has changed");
  }

  private static List<String> surface(String module) throws IOException, ClassNotFoundException {
    List<String> lines = new ArrayList<>();
    for (String name : names(module)) {
      Class<?> type = Class.forName(name, false, PublicSurfaceTest.class.getClassLoader());
      if (open(type)) {
        lines.add(head(type));
        new TreeSet<>(members(type)).forEach(member -> lines.add("  " + member));
      }
    }
    return lines;
  }

  private static List<String> names(String module) throws IOException {
    Path folder = Path.of("..", module, "src/main/java/io/holdfast", module);
    try (Stream<Path> sources = Files.list(folder)) {
      List<String> names = new ArrayList<>();
      for (Path source : sources.sorted().toList()) {
        String file = String.valueOf(source.getFileName());
        String type = file.substring(0, file.length() - ".java".length());
        if (!type.equals("package-info")) {
          nested("io.holdfast." + module + "." + type, names);
        }
      }
      return names;
    }
  }

  private static void nested(String name, List<String> into) {
    into.add(name);
    try {
      Class<?> type = Class.forName(name, false, PublicSurfaceTest.class.getClassLoader());
      Arrays.stream(type.getDeclaredClasses())
          .map(Class::getName)
          .sorted()
          .forEach(inner -> nested(inner, into));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(name, e);
    }
  }

  /** Whether somebody outside can name it. */
  private static boolean open(Class<?> type) {
    for (Class<?> at = type; at != null; at = at.getEnclosingClass()) {
      if (!Modifier.isPublic(at.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static String head(Class<?> type) {
    StringBuilder head = new StringBuilder(type.toGenericString());
    if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
      head.append(" extends ").append(type.getGenericSuperclass().getTypeName());
    }
    for (java.lang.reflect.Type parent : type.getGenericInterfaces()) {
      head.append(" : ").append(parent.getTypeName());
    }
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        head.append("\n  component ").append(component.getGenericType().getTypeName());
        head.append(' ').append(component.getName());
      }
    }
    return head.toString();
  }

  private static List<String> members(Class<?> type) {
    List<String> members = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      if (!method.isSynthetic() && shown(method)) {
        members.add(method.toGenericString());
      }
    }
    for (Executable constructor : type.getDeclaredConstructors()) {
      if (shown(constructor)) {
        members.add(constructor.toGenericString());
      }
    }
    for (Field field : type.getDeclaredFields()) {
      if (!field.isSynthetic() && shown(field)) {
        members.add(field.toGenericString());
      }
    }
    return members;
  }

  private static boolean shown(Member member) {
    return Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers());
  }
}
