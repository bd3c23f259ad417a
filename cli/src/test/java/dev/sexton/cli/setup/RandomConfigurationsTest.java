package dev.sexton.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import dev.sexton.cli.setup.ServerEntry.State;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Edits random configurations and reads the result with another parser: only the servers that are
/// started directly differ, and undoing the edits gives the same values again.
class RandomConfigurationsTest {
  private static final int CONFIGURATIONS = 2_000;
  private static final String LAUNCHER = "/opt/a \"place\"/sexton";
  private static final JsonFormat FORMAT = new JsonFormat(List.of(List.of("mcpServers")));

  /// Writes a random configuration, with comments and blanks between all tokens.
  private static final class Writer {
    private final StringBuilder text = new StringBuilder();
    private final Random random;

    Writer(long seed) {
      random = new Random(seed);
    }

    String configuration() {
      space();
      text.append('{');
      member("theme", () -> value(3));
      text.append(',');
      member("mcpServers", this::servers);
      if (random.nextBoolean()) {
        text.append(',');
        member("last", () -> value(2));
      }
      text.append('}');
      space();
      return text.toString();
    }

    private void servers() {
      text.append('{');
      int count = random.nextInt(5);
      for (int i = 0; i < count; i++) {
        text.append(i == 0 ? "" : ",");
        member("s" + i, this::server);
      }
      space();
      text.append('}');
    }

    private void server() {
      List<Runnable> members = new ArrayList<>();
      if (random.nextInt(6) > 0) {
        members.add(() -> member("command", this::command));
      } else {
        members.add(() -> member("url", this::string));
      }
      if (random.nextInt(4) > 0) {
        members.add(random.nextInt(2), () -> member("args", this::strings));
      }
      if (random.nextBoolean()) {
        members.add(0, () -> member("env", () -> value(2)));
      }
      text.append('{');
      for (int i = 0; i < members.size(); i++) {
        text.append(i == 0 ? "" : ",");
        members.get(i).run();
      }
      text.append('}');
    }

    private void strings() {
      text.append('[');
      int count = random.nextInt(4);
      for (int i = 0; i < count; i++) {
        text.append(i == 0 ? "" : ",");
        space();
        string();
        space();
      }
      space();
      text.append(']');
    }

    private void member(String key, Runnable value) {
      space();
      text.append('"').append(key).append('"');
      space();
      text.append(':');
      space();
      value.run();
      space();
    }

    private void value(int depth) {
      switch (random.nextInt(depth > 0 ? 6 : 4)) {
        case 0 -> text.append(random.nextInt());
        case 1 -> text.append(random.nextBoolean() ? "true" : "null");
        case 2 -> text.append("-1.5e3");
        case 3 -> string();
        case 4 -> {
          text.append('[');
          value(depth - 1);
          text.append(']');
        }
        default -> {
          text.append('{');
          member("mcpServers", () -> value(depth - 1));
          text.append('}');
        }
      }
    }

    /// Writes a command. None begins with a dash, as an option does.
    private void command() {
      int at = text.length() + 1;
      string();
      text.insert(at, "c");
    }

    private void string() {
      String[] parts = {
        "x", "\\\"", "\\\\", "\\u0436", "ж", "//", "/*", "]", "}", ",", " ", "-y", "\\n"
      };
      text.append('"');
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      text.append('"');
    }

    private void space() {
      String[] spaces = {"", "", " ", "\n", "\r\n\t", "\n    ", "/* \" } */", "// ] \"\n"};
      text.append(spaces[random.nextInt(spaces.length)]);
    }
  }

  @Test
  void onlyServersThatAreStartedDirectlyDiffer() throws MalformedException {
    for (long seed = 0; seed < CONFIGURATIONS; seed++) {
      String before = new Writer(seed).configuration();
      List<Edit> edits = new ArrayList<>();
      for (ServerEntry server : FORMAT.servers(before)) {
        if (server.state() == State.DIRECT) {
          edits.addAll(server.track(before, LAUNCHER));
        }
      }
      String after = Edit.apply(before, edits);

      assertThat(parse(after)).as("seed %d: %s", seed, before).isEqualTo(tracked(parse(before)));

      List<Edit> undo = new ArrayList<>();
      for (ServerEntry server : FORMAT.servers(after)) {
        undo.addAll(server.untrack(after));
      }
      assertThat(withArguments(parse(Edit.apply(after, undo))))
          .as("seed %d undone: %s", seed, before)
          .isEqualTo(withArguments(parse(before)));
    }
  }

  private static JsonElement parse(String text) {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.LENIENT); // Otherwise it rejects comments.
    return JsonParser.parseReader(reader);
  }

  private static JsonObject servers(JsonElement configuration) {
    return configuration.getAsJsonObject().getAsJsonObject("mcpServers");
  }

  /// Does the same to the values.
  private static JsonElement tracked(JsonElement configuration) {
    for (String name : servers(configuration).keySet()) {
      JsonObject server = servers(configuration).getAsJsonObject(name);
      if (server.has("command")) {
        JsonArray args = new JsonArray();
        args.add("run");
        args.add(server.get("command"));
        if (server.has("args")) {
          args.addAll(server.getAsJsonArray("args"));
        }
        server.add("args", args);
        server.add("command", new JsonPrimitive(LAUNCHER));
      }
    }
    return configuration;
  }

  /// Adds the empty array that an edit in a file that was changed since leaves behind.
  private static JsonElement withArguments(JsonElement configuration) {
    for (String name : servers(configuration).keySet()) {
      JsonObject server = servers(configuration).getAsJsonObject(name);
      if (server.has("command") && !server.has("args")) {
        server.add("args", new JsonArray());
      }
    }
    return configuration;
  }
}
