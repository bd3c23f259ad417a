package dev.sexton.shape;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The circles among classes of one package: each class uses the next, directly, and the last uses
/// the first. Read from the compiled classes. A nested class counts as its outermost class. A
/// sealed type does not use the types that it permits.
final class ClassCircles {
  /// A class in a name, descriptor or signature, without the classes nested in it.
  private static final Pattern CLASS = Pattern.compile("dev/sexton/(?:[a-z]+/)*[A-Z]\\w*");

  private final Map<String, Set<String>> uses = new TreeMap<>();

  /// Reads the classes below a directory.
  void add(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> classes =
          files
              .filter(file -> file.toString().endsWith(".class"))
              .filter(file -> !file.toString().endsWith("-info.class"))
              .toList();
      for (Path file : classes) {
        add(ClassFile.of().parse(file));
      }
    }
  }

  private void add(ClassModel one) {
    String name = outermost(one.thisClass().asInternalName());
    Set<String> permitted =
        one.findAttribute(Attributes.permittedSubclasses()).stream()
            .flatMap(attribute -> attribute.permittedSubclasses().stream())
            .map(type -> type.asInternalName())
            .collect(Collectors.toSet());
    Set<String> used = uses.computeIfAbsent(name, key -> new TreeSet<>());
    for (PoolEntry entry : one.constantPool()) {
      if (entry instanceof Utf8Entry text && !permitted.contains(text.stringValue())) {
        CLASS
            .matcher(text.stringValue())
            .results()
            .map(MatchResult::group)
            .filter(other -> !other.equals(name) && packageOf(other).equals(packageOf(name)))
            .forEach(used::add);
      }
    }
  }

  private static String outermost(String name) {
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  private static String packageOf(String name) {
    return name.substring(0, name.lastIndexOf('/'));
  }

  /// Returns the number of classes that were read, without nested ones.
  int size() {
    return uses.size();
  }

  /// Returns the classes of each circle.
  Set<Set<String>> find() {
    return uses.keySet().stream()
        .map(this::circle)
        .filter(circle -> !circle.isEmpty())
        .collect(Collectors.toSet());
  }

  /// Returns the classes that a class uses and that use it, directly or not, including itself;
  /// empty if there are none.
  private Set<String> circle(String one) {
    return reachable(one).stream()
        .filter(other -> reachable(other).contains(one))
        .map(other -> other.replace('/', '.'))
        .collect(Collectors.toSet());
  }

  private Set<String> reachable(String one) {
    Set<String> reached = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(uses.getOrDefault(one, Set.of()));
    while (!next.isEmpty()) {
      String used = next.pop();
      if (reached.add(used)) {
        next.addAll(uses.getOrDefault(used, Set.of()));
      }
    }
    return reached;
  }
}
