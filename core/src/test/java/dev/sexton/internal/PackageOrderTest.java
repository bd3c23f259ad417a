package dev.sexton.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Tests that the internal packages depend on each other in one direction only, so there is no
/// circle. Reads the compiled classes.
class PackageOrderTest {
  /// The internal packages. Each may use those before it, and none after it.
  private static final List<String> ORDER =
      List.of(
          "http",
          "process",
          "command",
          "record",
          "state",
          "lock",
          "liveness",
          "fleet",
          "sweep",
          "", // The package of Platform, which creates what the packages before it declare.
          "instance",
          "watch",
          "launch",
          "run",
          "doctor");

  private static final String ROOT = "dev/sexton/internal/";

  /// An internal class in a name, descriptor or signature.
  private static final Pattern CLASS = Pattern.compile(ROOT + "(?:([a-z]+)/)?[A-Z]\\w*");

  @Test
  void everyPackageUsesOnlyThoseBeforeIt() {
    assertThat(violations(ORDER)).isEmpty();
  }

  @Test
  void theOrderIsComplete() {
    assertThat(classes().stream().map(one -> packageOf(name(one))))
        .containsAll(ORDER)
        .allSatisfy(one -> assertThat(ORDER).contains(one));
  }

  @Test
  void anotherOrderWouldBeViolated() {
    assertThat(violations(ORDER.reversed()))
        .contains(
            "sweep.Sweep uses liveness",
            "state.StateDirectory uses record",
            "lock.HeldLockFile uses state",
            "Platform uses sweep",
            "launch.BackgroundWatcher uses watch");
  }

  /// Returns each class that uses a package after its own in this order, with that package.
  private static List<String> violations(List<String> order) {
    TreeSet<String> found = new TreeSet<>();
    for (ClassModel one : classes()) {
      int own = order.indexOf(packageOf(name(one)));
      for (PoolEntry entry : one.constantPool()) {
        if (entry instanceof Utf8Entry text) {
          CLASS
              .matcher(text.stringValue())
              .results()
              .map(PackageOrderTest::packageOf)
              .filter(used -> order.indexOf(used) > own)
              .forEach(used -> found.add(shortName(one) + " uses " + used));
        }
      }
    }
    return List.copyOf(found);
  }

  private static String name(ClassModel one) {
    return one.thisClass().asInternalName();
  }

  private static String shortName(ClassModel one) {
    return name(one).substring(ROOT.length()).replaceAll("\\$.*", "").replace('/', '.');
  }

  private static String packageOf(String name) {
    return CLASS
        .matcher(name)
        .results()
        .map(PackageOrderTest::packageOf)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no internal class: " + name));
  }

  private static String packageOf(MatchResult found) {
    return found.group(1) == null ? "" : found.group(1);
  }

  private static List<ClassModel> classes() {
    try (Stream<Path> files = Files.walk(compiled())) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.endsWith("package-info.class"))
          .map(PackageOrderTest::parse)
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static Path compiled() {
    try {
      return Path.of(Platform.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .resolve(ROOT);
    } catch (URISyntaxException unusable) {
      throw new AssertionError(unusable);
    }
  }
}
