package dev.sexton.testkit;

import dev.sexton.testsupport.ProcScan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/// Adds what Sexton recorded in a test's home to the message of a failure, because the home is
/// deleted afterwards: records, journals, the output of watchers, and the processes that run there.
public final class FailureState implements TestExecutionExceptionHandler {
  /// The last lines of a file that a message shows.
  private static final int LINES = 15;

  private static final Pattern FILES = Pattern.compile("watcher(\\.log)?|stderr|.*\\.jsonl?");

  private final Supplier<Path> home;

  /// Creates the extension.
  ///
  /// @param home returns the test's home once a test has begun
  public FailureState(Supplier<Path> home) {
    this.home = home;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    if (failure instanceof TestAbortedException) {
      throw failure;
    }
    throw new AssertionError(failure.getMessage() + "\n" + of(home.get()), failure);
  }

  private static String of(Path home) {
    List<String> lines = new ArrayList<>();
    try (var files = Files.walk(home)) {
      files
          .filter(file -> FILES.matcher(file.getFileName().toString()).matches())
          .sorted()
          .forEach(file -> add(file, lines));
    } catch (IOException | UncheckedIOException changing) {
      lines.add(changing.toString());
    }
    ProcScan.mentioning(home.toString()).forEach(pid -> lines.add(ProcScan.describe(pid)));
    return String.join("\n", lines);
  }

  private static void add(Path file, List<String> lines) {
    lines.add("-- " + file);
    try {
      List<String> all = Files.readAllLines(file);
      lines.addAll(all.subList(Math.max(0, all.size() - LINES), all.size()));
    } catch (IOException gone) {
      lines.add(gone.toString());
    }
  }
}
