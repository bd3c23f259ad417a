package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a command sees of the world that started it.
 *
 * @param out what was asked for
 * @param err what a person is told
 * @param outIsTerminal whether a person sees {@code out} as it is
 * @param errIsTerminal whether a person sees {@code err} as it is
 * @param environment its environment variables
 */
public record Io(
    PrintStream out,
    PrintStream err,
    boolean outIsTerminal,
    boolean errIsTerminal,
    Map<String, String> environment) {
  /// Where nobody knows how wide the terminal is, as under a debugger.
  private static final int USUAL_COLUMNS = 160;

  /** That of this process. UTF-8 throughout: what is not ASCII comes from names, which are. */
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

  /** Asked of {@code /proc}, for the JDK only tells whether stdin and stdout both are. */
  @SuppressWarnings("SystemConsoleNull") // Other providers than the JDK's own never return null.
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

  /** Whether colour is wanted where there is a terminal; see no-color.org. */
  boolean wantsColour() {
    String refused = environment.get("NO_COLOR");
    return refused == null || refused.isEmpty();
  }

  /// The terminal's width. The launcher asks the terminal: a native call would take the JVM longer.
  private int columns() {
    for (String text :
        new @Nullable String[] {System.getProperty("sexton.columns"), environment.get("COLUMNS")}) {
      if (text != null && text.matches("[1-9][0-9]{1,4}")) {
        return Integer.parseInt(text);
      }
    }
    return USUAL_COLUMNS;
  }

  /** Lines on {@code out}. */
  StyledPrinter screen() {
    return new StyledPrinter(out, outIsTerminal && wantsColour(), outIsTerminal ? columns() : 0);
  }

  /** Lines on {@code err}. */
  StyledPrinter notes() {
    return new StyledPrinter(err, errIsTerminal && wantsColour());
  }
}
