package dev.sexton.mcp;

import dev.sexton.Instances;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.Durations;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.output.CommandException;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Reads each limit from the options, else from the file, else uses a safe default. The options are
/// named like the keys of the file, but with dashes.
final class LimitsReader {
  private static final String FILE_OPTION = "limits";

  /// More than an agent needs, and less than would overload a machine: each session costs a shell.
  private static final long MAX_SESSIONS = 64;

  /// The default for each output of a session.
  private static final long OUTPUT_BYTES = 1 << 20;

  /// The options. Except for the first, each is named like a key of the file.
  static final List<OptionSpec> SPECS =
      List.of(
          OptionSpec.value(FILE_OPTION, "FILE", "read the limits from this file"),
          OptionSpec.value("max-sessions", "N", "maximum number of sessions (default 64)"),
          OptionSpec.value(
              "max-idle",
              "TIME",
              "time without output and without a call after which a session is stopped (default 0:"
                  + " never)"),
          OptionSpec.value(
              "max-age", "TIME", "time after which a session is stopped (default 0: never)"),
          OptionSpec.value("commands", "PATTERN", "programs that may be started (default: all)")
              .repeatable(),
          OptionSpec.value(
                  "environment",
                  "PATTERN",
                  "variables that may be set for a process (default: all; with --commands, none"
                      + " that can change which program runs)")
              .repeatable(),
          OptionSpec.value("images", "PATTERN", "images that may be used (default: all)")
              .repeatable(),
          OptionSpec.value(
                  "directories", "DIR", "directories in which a process may start (default: all)")
              .repeatable(),
          OptionSpec.value(
                  "mounts", "DIR", "directories that a container may mount (default: none)")
              .repeatable(),
          OptionSpec.value(
                  "namespaces",
                  "CONTEXT/NAMESPACE",
                  "namespaces of SEXTON_KUBERNETES in which pods may be started (default: none)")
              .repeatable(),
          OptionSpec.value(
                  "service-accounts", "NAME", "service accounts that pods may use (default: none)")
              .repeatable(),
          OptionSpec.value(
                  "pod-resources",
                  "RESOURCE=AMOUNT",
                  "what the containers of a session may use together in a cluster, such as"
                      + " memory=2Gi (default: no limit)")
              .repeatable(),
          OptionSpec.value(
                  "pod-fields",
                  "PATH",
                  "fields that a pod may have in addition, such as volumes.persistentVolumeClaim"
                      + " (default: none)")
              .repeatable(),
          OptionSpec.value("output-bytes", "N", "bytes kept of each output (default 1048576)"),
          OptionSpec.value("grace", "TIME", "time between SIGTERM and SIGKILL (default 10s)"));

  private final Arguments arguments;
  private final Map<?, ?> file;
  private final String fileName;

  private LimitsReader(Arguments arguments, Map<?, ?> file, String fileName) {
    this.arguments = arguments;
    this.file = file;
    this.fileName = fileName;
  }

  private static String option(String key) {
    return key.replace('_', '-');
  }

  static Limits read(Map<String, String> environment, Arguments arguments) throws CommandException {
    String named = arguments.one(FILE_OPTION);
    Path path = named != null ? path("--limits", named) : usual(environment);
    Map<?, ?> file = path == null ? Map.of() : parse(path, named != null);
    LimitsReader reader = new LimitsReader(arguments, file, String.valueOf(path));
    reader.requireKnownKeys();
    List<String> directories = reader.list("directories");
    List<String> mounts = reader.list("mounts");
    return new Limits(
        new SessionLimits(
            (int) reader.number("max_sessions", MAX_SESSIONS, 1, 10_000),
            reader.duration("max_idle", Duration.ZERO),
            reader.duration("max_age", Duration.ZERO),
            reader.number("output_bytes", OUTPUT_BYTES, 4096, 1L << 30),
            reader.duration("grace", Instances.DEFAULT_GRACE)),
        new AllowList(
            reader.commands(),
            reader.patterns("environment"),
            reader.patterns("images"),
            directories == null ? null : reader.paths("directories", directories),
            mounts == null ? List.of() : reader.paths("mounts", mounts)),
        PodLimitsReader.read(reader::list));
  }

  private static @Nullable Path usual(Map<String, String> environment) {
    String home = environment.get("SEXTON_HOME");
    String user = environment.get("HOME");
    if (home != null && !home.isEmpty()) {
      return Path.of(home, "mcp-limits.json");
    }
    return user == null || user.isEmpty() ? null : Path.of(user, ".sexton", "mcp-limits.json");
  }

  private static Map<?, ?> parse(Path path, boolean required) throws CommandException {
    if (!required && !Files.exists(path)) {
      return Map.of();
    }
    String text;
    try {
      text = Files.readString(path);
    } catch (IOException unreadable) {
      throw CommandException.usage(
          "the limits in " + path + " cannot be read (" + unreadable.getMessage() + ")",
          "check the path and its permissions");
    }
    try {
      if (McpJsonDefaults.getMapper().readValue(text, Object.class) instanceof Map<?, ?> limits) {
        return limits;
      }
    } catch (IOException invalid) {
      throw CommandException.usage(
          "the limits in " + path + " are not JSON (" + firstLine(invalid) + ")",
          "correct the file");
    }
    throw CommandException.usage(
        "the limits in " + path + " are not a JSON object", "write {\"max_sessions\": 10}");
  }

  /// Further lines of the parser's message name its classes.
  private static String firstLine(IOException invalid) {
    return String.valueOf(invalid.getMessage()).lines().findFirst().orElse("");
  }

  /// Rejects unknown keys. A misspelt limit would not be enforced.
  private void requireKnownKeys() throws CommandException {
    List<String> known =
        SPECS.stream()
            .map(OptionSpec::name)
            .filter(name -> !name.equals(FILE_OPTION))
            .map(name -> name.replace('-', '_'))
            .toList();
    for (Object key : file.keySet()) {
      if (!known.contains(key)) {
        throw CommandException.usage(
            "unknown limit " + key + " in " + fileName, "there are " + String.join(", ", known));
      }
    }
  }

  private long number(String key, long otherwise, long least, long most) throws CommandException {
    String given = arguments.one(option(key));
    String text = given != null ? given : scalar(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException noNumber) {
      // Reported below.
    }
    throw CommandException.usage(
        place(key, given) + " is " + text, "write a number from " + least + " to " + most);
  }

  private Duration duration(String key, Duration otherwise) throws CommandException {
    String given = arguments.one(option(key));
    String text = given != null ? given : scalar(key);
    return text == null ? otherwise : Durations.parse(place(key, given), text);
  }

  private String place(String key, @Nullable String given) {
    return given != null ? "--" + option(key) : key + " in " + fileName;
  }

  private @Nullable String scalar(String key) throws CommandException {
    if (!file.containsKey(key)) {
      return null;
    }
    Object value = file.get(key);
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    throw CommandException.usage(
        key + " in " + fileName + " has the wrong type", "see docs/mcp.md");
  }

  private @Nullable List<String> list(String key) throws CommandException {
    List<String> given = arguments.all(option(key));
    if (!given.isEmpty()) {
      return given;
    }
    if (!file.containsKey(key)) {
      return null;
    }
    List<String> items = new ArrayList<>();
    if (file.get(key) instanceof List<?> array) {
      for (Object item : array) {
        if (item instanceof String text) {
          items.add(text);
        }
      }
      if (items.size() == array.size()) {
        return items;
      }
    }
    throw CommandException.usage(
        key + " in " + fileName + " is not an array of strings", "write [\"…\"]");
  }

  /// Rejects patterns of relative paths, which would never allow anything.
  private @Nullable List<String> commands() throws CommandException {
    List<String> patterns = patterns("commands");
    for (String pattern : patterns == null ? List.<String>of() : patterns) {
      if (pattern.indexOf('/') > 0) {
        throw CommandException.usage(
            "the limit commands has a relative path: " + pattern,
            "write the name of a program on the PATH, or an absolute path");
      }
    }
    return patterns;
  }

  /// Rejects invalid patterns here. Otherwise they would fail only when a session is started.
  private @Nullable List<String> patterns(String key) throws CommandException {
    List<String> patterns = list(key);
    for (String pattern : patterns == null ? List.<String>of() : patterns) {
      try {
        var _ = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
      } catch (PatternSyntaxException invalid) {
        throw CommandException.usage(
            "the limit " + key + " has an invalid pattern: " + pattern,
            "close each bracket and brace, or write a backslash before it");
      }
    }
    return patterns;
  }

  private List<Path> paths(String key, List<String> texts) throws CommandException {
    List<Path> paths = new ArrayList<>();
    for (String text : texts) {
      try {
        paths.add(path(key, text).toRealPath());
      } catch (IOException missing) {
        throw CommandException.usage(
            "the limit " + key + " names " + text + ", which does not exist", "correct the path");
      }
    }
    return paths;
  }

  private static Path path(String what, String text) throws CommandException {
    try {
      return Path.of(text).toAbsolutePath().normalize();
    } catch (InvalidPathException invalid) {
      throw CommandException.usage(what + " is not a valid path: " + text, "correct it");
    }
  }
}
