package dev.sexton.shape;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The sizes of what the main sources of all modules declare. Immutable.
///
/// @param files each file's number of lines
/// @param methods each method's and constructor's number of lines, without its comment
/// @param parameters each method's, constructor's and record's number of parameters
record MainSources(List<Size> files, List<Size> methods, List<Size> parameters) {
  /// The modules whose code is published.
  static final List<String> MODULES =
      List.of("core", "docker", "kubernetes", "mcp-sdk", "cli", "mcp");

  /// The root of the repository, as seen from this module.
  static final Path ROOT = Path.of("..");

  /// A size of something.
  ///
  /// @param name the file, or the class and its method; a constructor has the name of its class
  record Size(String name, long size) {}

  /// Measures the sources as they are now.
  static MainSources read() throws IOException {
    MainSources found = new MainSources(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    for (Path file : files) {
      found.files.add(
          new Size(file.getFileName().toString(), Files.readString(file).lines().count()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      var sources = manager.getJavaFileObjectsFromPaths(files);
      JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null, sources);
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Scanner(found, unit, positions).scan(unit, "");
      }
    }
    return found;
  }

  /// Returns the names of what is larger than a limit.
  static List<String> over(long limit, List<Size> sizes) {
    return sizes.stream()
        .filter(one -> one.size() > limit)
        .map(Size::name)
        .distinct()
        .sorted()
        .toList();
  }

  /// Adds what one file declares. The parameter of each visit is the enclosing class.
  private static final class Scanner extends TreeScanner<Void, String> {
    private final MainSources found;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;

    Scanner(MainSources found, CompilationUnitTree unit, SourcePositions positions) {
      this.found = found;
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitClass(ClassTree tree, String outer) {
      String name = (outer.isEmpty() ? "" : outer + ".") + tree.getSimpleName();
      if (tree.getKind() == Tree.Kind.RECORD) {
        long components = tree.getMembers().stream().filter(Scanner::isComponent).count();
        found.parameters.add(new Size(name, components));
      }
      return super.visitClass(tree, name);
    }

    private static boolean isComponent(Tree member) {
      return member instanceof VariableTree field
          && !field.getModifiers().getFlags().contains(Modifier.STATIC);
    }

    @Override
    public Void visitMethod(MethodTree tree, String owner) {
      String name = tree.getName().contentEquals("<init>") ? owner : owner + "." + tree.getName();
      LineMap lines = unit.getLineMap();
      long first = lines.getLineNumber(positions.getStartPosition(unit, tree));
      long last = lines.getLineNumber(positions.getEndPosition(unit, tree));
      found.methods.add(new Size(name, last - first + 1));
      found.parameters.add(new Size(name, tree.getParameters().size()));
      return super.visitMethod(tree, owner);
    }
  }
}
