package dev.sexton.cli;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.cli.command.Command;
import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.option.OptionSpec;
import dev.sexton.cli.run.RunCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests that the commands' declared options match docs/cli.md and the launcher.
class OptionTablesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?([a-z][a-z-]*)");

  static List<String> commands() {
    return Commands.ALL.names().stream().filter(name -> Commands.ALL.find(name) != null).toList();
  }

  private static Set<String> declared(Command command) {
    Set<String> names = new TreeSet<>();
    command.optionGroups().forEach(group -> group.options().forEach(one -> names.add(one.name())));
    return names;
  }

  /// Returns the long names of the options in a text.
  ///
  /// `-f` is the only short one in a synopsis.
  private static Set<String> options(String text) {
    Matcher matcher = OPTION.matcher(text);
    Set<String> names = new TreeSet<>();
    while (matcher.find()) {
      names.add(matcher.group(1).equals("f") ? "follow" : matcher.group(1));
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theSynopsisInTheDocumentHasTheOptionsOfTheCommand(String name) throws IOException {
    Command command = Objects.requireNonNull(Commands.ALL.find(name));
    Set<String> documented = new TreeSet<>();
    Matcher synopsis =
        Pattern.compile("(?m)^\\*\\*`sexton " + name + "\\b([^`]*)`\\*\\*")
            .matcher(Files.readString(ROOT.resolve("docs/cli.md")));
    while (synopsis.find()) {
      documented.addAll(options(synopsis.group(1)));
    }
    Arguments.COMMON.forEach(option -> documented.remove(option.name()));

    assertThat(documented).isEqualTo(declared(command));
  }

  @Test
  void everyCommandHasItsOwnName() {
    for (String name : commands()) {
      assertThat(Objects.requireNonNull(Commands.ALL.find(name)).name()).isEqualTo(name);
    }
  }

  /// To find the server's command, the launcher must know which options take a value.
  @Test
  void theLauncherKnowsTheOptionsOfRun() throws IOException {
    String launcher = Files.readString(ROOT.resolve("sexton"));
    String split =
        launcher.substring(launcher.indexOf("sexton_split() {"), launcher.indexOf(":--)"));
    Command run = new RunCommand();
    List<OptionSpec> specs =
        run.optionGroups().stream().flatMap(group -> group.options().stream()).toList();

    Set<String> values =
        specs.stream()
            .filter(option -> option.valueName() != null)
            .map(OptionSpec::name)
            .collect(toCollection(TreeSet::new));
    values.addAll(Set.of("app", "state-dir"));
    Set<String> assignable = new TreeSet<>();
    Matcher withValue = Pattern.compile(":--([a-z-]+)=\\*").matcher(split);
    while (withValue.find()) {
      assignable.add(withValue.group(1));
    }
    assertThat(assignable).isEqualTo(values);
    for (OptionSpec option : specs) {
      assertThat(split).containsPattern(":--" + option.name() + "[ )]");
    }
  }
}
