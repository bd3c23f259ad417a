package dev.sexton.cli.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The environment in which a command runs.
///
/// @param out the stream for results
/// @param err the stream for messages to the user
/// @param outIsTerminal whether `out` is shown directly on a terminal
/// @param errIsTerminal whether `err` is shown directly on a terminal
/// @param environment the environment variables
public record Io(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment) {
  /// Used if the width of the terminal is unknown, as under a debugger.
  private static final int USUAL_COLUMNS = 160;

  /// Returns the streams of this process. They are UTF-8 throughout, because non-ASCII text comes
  /// from names, which are UTF-8.
  public static Io ofProcess() {
    Map<String, String> environment = System.getenv();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return new Io(
        ResultStream.ofProcess(),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
        !dumb && isTerminal(1),
        !dumb && isTerminal(2),
        environment);
  }

  /// Reads `/proc`, since the JDK only tells whether stdin and stdout are both terminals.
  @SuppressWarnings("SystemConsoleNull") // Only providers other than the JDK's return null.
  private static boolean isTerminal(int descriptor) {
    try {
      String name = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return name.startsWith("/dev/pts/")
          || name.startsWith("/dev/tty")
          || name.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException notLinux) {
      var console = System.console();
      return console != null && console.isTerminal();
    }
  }

  /// Returns whether a question on `err` can be answered on stdin.
  public boolean canAsk() {
    return errIsTerminal && isTerminal(0);
  }

  /// Returns whether color is wanted on a terminal; see no-color.org.
  boolean wantsColour() {
    String refused = environment.get("NO_COLOR");
    return refused == null || refused.isEmpty();
  }

  /// Returns the terminal's width. The launcher determines it, since a native call would take the
  /// JVM longer.
  private int columns() {
    for (String text :
        new @Nullable String[] {System.getProperty("sexton.columns"), environment.get("COLUMNS")}) {
      if (text != null && text.matches("[1-9][0-9]{1,4}")) {
        return Integer.parseInt(text);
      }
    }
    return USUAL_COLUMNS;
  }

  /// Returns a printer for `out`.
  public StyledPrinter screen() {
    return new StyledPrinter(out, outIsTerminal && wantsColour(), outIsTerminal ? columns() : 0);
  }

  /// Returns a printer for `err`.
  public StyledPrinter notes() {
    return new StyledPrinter(err, errIsTerminal && wantsColour());
  }
}
