package dev.sexton.cli.setup;

import dev.sexton.cli.setup.Value.Items;
import dev.sexton.cli.setup.Value.Other;
import dev.sexton.cli.setup.Value.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A server in the configuration of a client.
///
/// @param name its name there
/// @param command its command; null if the client does not start it
/// @param arguments the arguments; null if the key is absent
/// @param newArguments where the key would be inserted
record ServerEntry(
    String name, @Nullable Text command, @Nullable Items arguments, Insertion newArguments) {
  /// A place for the key of the arguments.
  ///
  /// @param at the index in the text
  /// @param before what precedes the array
  record Insertion(int at, String before) {}

  /// What is to be done with a server.
  enum State {
    /// It is started without `sexton run`.
    DIRECT("is started directly"),
    /// It goes through `sexton run` already.
    TRACKED("goes through sexton run"),
    /// It is Sexton's own.
    OWN("is Sexton itself"),
    /// The client does not start it, but connects to it.
    REMOTE("is not started by the client"),
    /// Its arguments are no list of strings.
    ODD("has arguments that are no list of strings");

    private final String text;

    State(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /// Returns an array of arguments; null for none. Any other value counts as an array with
  /// something else than strings, which is left alone.
  static @Nullable Items array(@Nullable Value given) {
    if (given == null || given instanceof Items) {
      return (Items) given;
    }
    return new Items(given.start(), given.end(), List.of(new Other(given.start(), given.end())));
  }

  State state() {
    if (command == null) {
      return State.REMOTE;
    }
    List<String> words = new ArrayList<>(List.of(command.content()));
    for (Value argument : arguments == null ? List.<Value>of() : arguments.values()) {
      if (!(argument instanceof Text word)) {
        return State.ODD;
      }
      words.add(word.content());
    }
    for (int i = 0; i + 1 < words.size(); i++) {
      if (isSexton(words.get(i)) && words.get(i + 1).equals("run")) {
        return State.TRACKED;
      }
      if (isSexton(words.get(i)) && words.get(i + 1).equals("mcp")) {
        return State.OWN;
      }
    }
    return State.DIRECT;
  }

  /// Tests whether a word is the command `sexton`, by any path, or its package for npx and uvx.
  private static boolean isSexton(String word) {
    return word.matches("(.*/)?sexton(@[^/]*)?");
  }

  /// Returns the edits that put `sexton run` before the command of a server that is started
  /// directly.
  ///
  /// @param text the file's text
  /// @param launcher the path of the `sexton` command
  List<Edit> track(String text, String launcher) {
    if (command == null) {
      return List.of();
    }
    String old = raw(text, command);
    List<Edit> edits = new ArrayList<>();
    edits.add(new Edit(command.start(), command.end(), quoted(launcher)));
    if (arguments == null) {
      String array = newArguments.before() + "[" + quoted("run") + ", " + old + "]";
      edits.add(new Edit(newArguments.at(), newArguments.at(), array));
    } else if (arguments.values().isEmpty()) {
      int at = arguments.start() + 1;
      edits.add(new Edit(at, at, quoted("run") + ", " + old));
    } else {
      int first = arguments.values().getFirst().start();
      String gap = text.substring(arguments.start() + 1, first);
      // Where each argument has a line of its own, the new ones have, too.
      String between = gap.isBlank() && gap.contains("\n") ? gap : " ";
      edits.add(new Edit(first, first, quoted("run") + "," + between + old + "," + between));
    }
    return edits;
  }

  /// Returns the edits that remove what [#track] added; none if this is not what it adds.
  List<Edit> untrack(String text) {
    if (command == null
        || !isSexton(command.content())
        || arguments == null
        || arguments.values().size() < 2
        || !(arguments.values().get(0) instanceof Text run)
        || !run.content().equals("run")
        || !(arguments.values().get(1) instanceof Text old)
        || old.content().startsWith("-")) {
      return List.of();
    }
    int end = old.end();
    if (arguments.values().size() > 2) {
      end = arguments.values().get(2).start();
    } else {
      int comma = end;
      while (Character.isWhitespace(text.charAt(comma))) {
        comma++;
      }
      end = text.charAt(comma) == ',' ? comma + 1 : end;
    }
    return List.of(
        new Edit(command.start(), command.end(), raw(text, old)), new Edit(run.start(), end, ""));
  }

  /// Returns a string as it is written. Only strings on several lines are written anew.
  private static String raw(String text, Text value) {
    String raw = text.substring(value.start(), value.end());
    return raw.contains("\n") || raw.startsWith("\"\"") || raw.startsWith("'''")
        ? quoted(value.content())
        : raw;
  }

  /// Returns a string in quotes, in the way that JSON and TOML have in common.
  static String quoted(String content) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < content.length(); i++) {
      char character = content.charAt(i);
      if (character == '"' || character == '\\') {
        quoted.append('\\').append(character);
      } else if (character < ' ' || character == 127) {
        quoted.append(String.format("\\u%04x", (int) character));
      } else {
        quoted.append(character);
      }
    }
    return quoted.append('"').toString();
  }
}
