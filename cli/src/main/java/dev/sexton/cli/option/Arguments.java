package dev.sexton.cli.option;

import dev.sexton.StateScope;
import dev.sexton.cli.output.CommandException;
import dev.sexton.cli.output.TerminalText;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.cli.AlreadySelectedException;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;

/// The parsed options of one command.
public final class Arguments {
  /// The options of all commands.
  public static final List<OptionSpec> COMMON =
      List.of(
          OptionSpec.value("app", "NAME", "use this application only").repeatable(),
          OptionSpec.value(
              "state-dir",
              "DIR",
              "use this state directory only, the one that holds instances/ (also"
                  + " SEXTON_STATE_DIR)"),
          OptionSpec.flag("json", "print JSON on stdout"),
          OptionSpec.flag("quiet", "print fewer messages on stderr").withLetter("q"),
          OptionSpec.flag("verbose", "print more messages on stderr").withLetter("v"),
          OptionSpec.flag("help", "show the help of sexton or of a command").withLetter("h"),
          OptionSpec.flag("version", "show the version"));

  private final CommandLine line;

  private Arguments(CommandLine line) {
    this.line = line;
  }

  /// Parses all arguments except the command's own name.
  ///
  /// @param own the options beside those of all commands
  /// @param takesOperands whether arguments that are no options are allowed
  /// @param hint how the user learns what is allowed
  public static Arguments parse(
      List<OptionSpec> own, boolean takesOperands, String hint, String[] args)
      throws CommandException {
    Options options = new Options();
    COMMON.forEach(option -> options.addOption(option.toOption()));
    own.forEach(option -> options.addOption(option.toOption()));
    try {
      // Abbreviated options would change their meaning when options are added.
      CommandLine line =
          DefaultParser.builder().setAllowPartialMatching(false).get().parse(options, args);
      List<String> rest = line.getArgList();
      if (!rest.isEmpty() && !takesOperands) {
        throw CommandException.usage(
            "unexpected argument " + TerminalText.cut(rest.getFirst(), 60), hint);
      }
      return new Arguments(line);
    } catch (UnrecognizedOptionException unknown) {
      throw CommandException.usage(
          "unknown option "
              + TerminalText.cut(String.valueOf(unknown.getOption()), 60)
              + suggestion(String.valueOf(unknown.getOption()), options),
          hint);
    } catch (MissingArgumentException missing) {
      Option option = missing.getOption();
      throw CommandException.usage(
          "--" + option.getLongOpt() + " needs a value",
          "write --" + option.getLongOpt() + " " + option.getArgName());
    } catch (AlreadySelectedException twice) {
      throw CommandException.usage("options that exclude each other", hint);
    } catch (ParseException other) {
      throw CommandException.usage(String.valueOf(other.getMessage()), hint);
    }
  }

  /// Returns the option of all commands that a word is, with its long name; null if it is none.
  public static @Nullable OptionSpec common(String word) {
    for (OptionSpec option : COMMON) {
      if (word.equals("--" + option.name())) {
        return option;
      }
    }
    return null;
  }

  private static String suggestion(String typed, Options options) {
    List<String> known = new ArrayList<>();
    for (Option option : options.getOptions()) {
      known.add("--" + option.getLongOpt());
    }
    int equals = typed.indexOf('=');
    return Suggestion.of(equals < 0 ? typed : typed.substring(0, equals), known);
  }

  /// Returns the arguments that are not options.
  public List<String> operands() {
    return line.getArgList();
  }

  public boolean has(String option) {
    return line.hasOption(option);
  }

  /// Returns all values of a repeatable option.
  public List<String> all(String option) {
    @Nullable String[] values = line.getOptionValues(option);
    return values == null ? List.of() : Arrays.asList(line.getOptionValues(option));
  }

  /// Returns the value of an option that may be given at most once; null if absent.
  public @Nullable String one(String option) throws CommandException {
    List<String> values = all(option);
    if (values.size() > 1) {
      throw CommandException.usage("--" + option + " is given more than once", "give it once");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  /// Returns a duration, or the default if the option is absent.
  public Duration duration(String option, Duration otherwise) throws CommandException {
    String value = one(option);
    return value == null ? otherwise : Durations.parse("--" + option, value);
  }

  /// Returns the explicitly named state directory; null if there is none.
  public @Nullable Path stateDirectory() throws CommandException {
    String value = one("state-dir");
    if (value == null) {
      return null;
    }
    if (value.isEmpty()) {
      throw CommandException.usage(
          "--state-dir is empty", "name the directory that holds instances/");
    }
    try {
      return StateScope.path(value);
    } catch (InvalidPathException invalid) {
      throw CommandException.cannot(
          "--state-dir cannot be used ("
              + TerminalText.cut(String.valueOf(invalid.getMessage()), 200)
              + ")",
          "name a directory whose path is valid UTF-8",
          invalid);
    }
  }

  public boolean json() {
    return has("json");
  }

  public boolean quiet() {
    return has("quiet");
  }

  public boolean verbose() {
    return has("verbose");
  }
}
