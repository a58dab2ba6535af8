package io.holdfast.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The whole world once more, with a bug planted inside the node: its classes are loaded anew, and
 * one method of one of them does something else. So the node needs no door through which bugs come.
 */
final class Mutant extends ClassLoader {
  private static final String OURS = "io.holdfast.";

  private final String sick;
  private final String method;
  private final CodeTransform bug;
  private boolean planted;

  /**
   * A world with a bug.
   *
   * @param sick the class it is in
   * @param method the methods it is in, by name
   */
  Mutant(String sick, String method, CodeTransform bug) {
    super(Mutant.class.getClassLoader());
    this.sick = sick;
    this.method = method;
    this.bug = bug;
  }

  /** Runs one history of this world; tells which invariant is broken, null for none. */
  LongFunction<@Nullable String> histories() {
    try {
      Object run = loadClass(PlantedRun.class.getName()).getConstructor().newInstance();
      @SuppressWarnings("unchecked") // the interface is nobody's but the JDK's
      LongFunction<@Nullable String> histories = (LongFunction<@Nullable String>) run;
      return histories;
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /** Whether the method was there to plant the bug in. */
  boolean planted() {
    return planted;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] bytes = name.equals(sick) ? mutated(read(name)) : read(name);
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded;
    }
  }

  private byte[] mutated(byte[] healthy) {
    ClassFile classFile = ClassFile.of();
    return classFile.transformClass(
        classFile.parse(healthy),
        ClassTransform.transformingMethodBodies(
            model -> {
              boolean here = model.methodName().equalsString(method);
              planted |= here;
              return here;
            },
            bug));
  }

  private byte[] read(String name) throws ClassNotFoundException {
    String path = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(path)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException torn) {
      throw new UncheckedIOException(torn);
    }
  }
}
