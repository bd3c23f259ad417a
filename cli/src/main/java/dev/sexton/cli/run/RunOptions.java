package dev.sexton.cli.run;

import dev.sexton.Instances;
import dev.sexton.StateScope;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.KeepOption;
import dev.sexton.cli.option.ScopeArguments;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.TerminalText;
import dev.sexton.internal.run.ServerRegistration;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The options of `sexton run`.
///
/// @param place where the server registers
/// @param name the name in lists
/// @param end how the server ends
/// @param strict whether the server must not run untracked
/// @param keep patterns of programs that are kept when the server ends
record RunOptions(Place place, String name, End end, boolean strict, List<String> keep) {
  /// Where a server registers.
  ///
  /// @param directory the state directory
  /// @param application the application of the server
  /// @param named the explicitly named state directory; null if there is none
  record Place(Path directory, String application, @Nullable Path named) {}

  /// How a server ends.
  ///
  /// @param grace the grace period between the request to end and the forced end
  /// @param afterStdinClose how long the server may stay without stdin; null for no limit
  /// @param withClient whether the server is stopped when the client dies
  record End(Duration grace, @Nullable Duration afterStdinClose, boolean withClient) {}

  /// The application of servers that do not use Sexton themselves.
  private static final String APPLICATION = "mcp";

  private static final Duration AFTER_STDIN_CLOSE = Duration.ofSeconds(10);

  /// Reads the options.
  static RunOptions of(Io io, Arguments arguments, List<String> command) throws CommandException {
    List<String> applications = ScopeArguments.applications(arguments);
    if (applications.size() > 1) {
      throw CommandException.usage("--app is given more than once", "give it once");
    }
    String application = applications.isEmpty() ? APPLICATION : applications.getFirst();
    Path named = arguments.stateDirectory();
    Path directory = named == null ? directory(io.environment(), application) : named;
    String name = arguments.one("name");
    return new RunOptions(
        new Place(directory, application, named),
        name != null ? name : ServerRegistration.nameOf(command),
        end(arguments),
        arguments.has("strict"),
        keep(arguments));
  }

  private static End end(Arguments arguments) throws CommandException {
    return new End(
        arguments.duration("grace", Instances.DEFAULT_GRACE),
        "never".equals(arguments.one("after-stdin-close"))
            ? null
            : arguments.duration("after-stdin-close", AFTER_STDIN_CLOSE),
        endsWithClient(arguments.one("on-client-exit")));
  }

  /// Looks at nothing else, since the server waits.
  private static Path directory(Map<String, String> environment, String application)
      throws CommandException {
    try {
      return StateScope.of(environment).directoryOf(application);
    } catch (InvalidPathException invalid) {
      throw ScopeArguments.unusable(invalid);
    }
  }

  private static List<String> keep(Arguments arguments) throws CommandException {
    List<String> patterns = KeepOption.read(arguments);
    if (patterns.size() > ServerRegistration.MAX_KEEP) {
      throw CommandException.usage(
          "--keep is given more than " + ServerRegistration.MAX_KEEP + " times",
          "use * in a pattern, or keep.conf");
    }
    return patterns;
  }

  private static boolean endsWithClient(@Nullable String value) throws CommandException {
    if (value == null || value.equals("stop")) {
      return true;
    }
    if (value.equals("keep")) {
      return false;
    }
    throw CommandException.usage(
        "--on-client-exit is neither stop nor keep: " + TerminalText.cut(value, 40),
        "write stop or keep");
  }
}
