package dev.sexton.cli.option;

import dev.sexton.StateScope;
import dev.sexton.cli.output.CommandException;
import java.util.List;
import java.util.Map;

/// The option `--keep PATTERN`, which several commands take.
public final class KeepOption {
  private static final String NAME = "keep";

  /// The option.
  public static final OptionSpec SPEC =
      OptionSpec.value(
              NAME,
              "PATTERN",
              "also keep this program running, with everything that it starts; with a leading !, do"
                  + " not keep it")
          .repeatable();

  private KeepOption() {}

  /// Returns the patterns in the given order, the strongest last.
  ///
  /// @throws CommandException if a pattern is invalid
  public static List<String> read(Arguments arguments) throws CommandException {
    List<String> patterns = arguments.all(NAME);
    for (String pattern : patterns) {
      try {
        var _ = StateScope.of(Map.of()).withKeep(List.of(pattern));
      } catch (IllegalArgumentException invalid) {
        String defect = String.valueOf(invalid.getMessage());
        int remedy = defect.indexOf(": ");
        throw CommandException.usage(
            "--keep: " + defect.substring(0, remedy), defect.substring(remedy + 2));
      }
    }
    return patterns;
  }
}
