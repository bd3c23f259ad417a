package dev.sexton.cli.setup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.sexton.cli.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetupCommandTest {
  private static final String LAUNCHER = "/opt/sexton/sexton";

  @TempDir private Path home;
  private Path cursor;
  private Path codex;

  @BeforeEach
  void prepare() throws IOException {
    cursor = Files.createDirectories(home.resolve(".cursor")).resolve("mcp.json");
    codex = Files.createDirectories(home.resolve(".codex")).resolve("config.toml");
  }

  private CommandRun setup(String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "setup";
    System.arraycopy(options, 0, args, 1, options.length);
    return CommandRun.of(home, Map.of("SEXTON_COMMAND", LAUNCHER), false, args);
  }

  private static String cursorServers(String servers) {
    return "{\"mcpServers\": {" + servers + "}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"command\": \"x\"                       | \"command\": \"L\", \"args\": [\"run\", \"x\"]",
        "\"command\": \"x\", \"args\": []         | \"command\": \"L\", \"args\": [\"run\", \"x\"]",
        "\"args\": [\"-y\"], \"command\": \"x\"   | \"args\": [\"run\", \"x\", \"-y\"], \"command\": \"L\"",
        "\"command\": \"\\u0078\", \"args\": [ \"a\" , ] | \"command\": \"L\", \"args\": [ \"run\", \"\\u0078\", \"a\" , ]",
        "\"command\": \"x\" /* c */, \"type\": \"stdio\", | \"command\": \"L\", \"args\": [\"run\", \"x\"] /* c */, \"type\": \"stdio\",",
        "\"command\": \"x\", \"args\": [/* none */] | \"command\": \"L\", \"args\": [\"run\", \"x\"/* none */]",
      })
  void aServerGoesThroughSextonRun(String before, String after) throws IOException {
    Files.writeString(cursor, cursorServers("\"s\": {" + before + "}"));

    CommandRun run = setup("--yes");

    assertThat(run.exitCode()).isZero();
    assertThat(cursor)
        .hasContent(cursorServers("\"s\": {" + after.replace("\"L\"", '"' + LAUNCHER + '"') + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`[mcp_servers.s]\ncommand = 'x' # c\n`    | `[mcp_servers.s]\ncommand = \"L\" # c\nargs = [\"run\", 'x']\n`",
        "`[mcp_servers.s]\ncommand = \"x\"`        | `[mcp_servers.s]\ncommand = \"L\"\nargs = [\"run\", \"x\"]`",
        "`[mcp_servers.s]\nargs = [\n  'a',\n]\ncommand = 'x'` | `[mcp_servers.s]\nargs = [\n  \"run\",\n  'x',\n  'a',\n]\ncommand = \"L\"`",
        "`mcp_servers.s = { command = 'x' }`       | `mcp_servers.s = { command = \"L\", args = [\"run\", 'x'] }`",
        "`mcp_servers.\"a.b\".command = 'x'\r\n`   | `mcp_servers.\"a.b\".command = \"L\"\r\nmcp_servers.\"a.b\".args = [\"run\", 'x']\r\n`",
        "`[mcp_servers]\ns = {command=\"\"\"\nx\"\"\"}` | `[mcp_servers]\ns = {command=\"L\", args = [\"run\", \"x\"]}`",
      })
  void aServerInTomlGoesThroughSextonRun(String before, String after) throws IOException {
    Files.writeString(codex, before);

    assertThat(setup("--yes").exitCode()).isZero();

    assertThat(Files.readString(codex)).isEqualTo(after.replace("\"L\"", '"' + LAUNCHER + '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"url\": \"https://example.com\"                                          | REMOTE",
        "\"type\": \"http\", \"command\": \"x\"                                    | REMOTE",
        "\"command\": \"/usr/bin/sexton\", \"args\": [\"run\", \"x\"]              | TRACKED",
        "\"command\": \"/bin/sh\", \"args\": [\"/opt/sexton\", \"run\", \"x\"]     | TRACKED",
        "\"command\": \"npx\", \"args\": [\"-y\", \"sexton@1\", \"run\", \"x\"]    | TRACKED",
        "\"command\": \"sexton\", \"args\": [\"mcp\"]                              | OWN",
        "\"command\": \"x\", \"args\": [1]                                         | ODD",
        "\"command\": \"x\", \"args\": \"a b\"                                     | ODD",
      })
  void otherServersStayAsTheyAre(String server, String state) throws IOException {
    String content = cursorServers("\"s\": {" + server + "}");
    Files.writeString(cursor, content);

    CommandRun run = setup("--yes", "--json");

    assertThat(cursor).hasContent(content);
    assertThat(run.exitCode()).isZero();
    JsonObject client = run.json().getAsJsonArray("clients").get(0).getAsJsonObject();
    assertThat(client.get("status").getAsString()).isEqualTo("UNCHANGED");
    assertThat(client.getAsJsonArray("servers").get(0).getAsJsonObject().get("state").getAsString())
        .isEqualTo(state);
  }

  @Test
  void theServersOfProjectsAreChangedToo() throws IOException {
    Path claude = home.resolve(".claude.json");
    Files.writeString(
        claude,
        "{\"projects\": {\"/p\": {\"mcpServers\": {\"s\": {\"command\": \"x\"}}}}, \"other\": {\"mcpServers\":"
            + " {\"s\": {\"command\": \"x\"}}}}");

    assertThat(setup("--yes").exitCode()).isZero();

    JsonObject changed = JsonParser.parseString(Files.readString(claude)).getAsJsonObject();
    assertThat(changed.getAsJsonObject("projects").toString()).contains(LAUNCHER);
    assertThat(changed.getAsJsonObject("other").toString()).doesNotContain(LAUNCHER);
  }

  @Test
  void withoutConsentNothingChangesAndTheDiffIsShown() throws IOException {
    String content = "{\n  \"mcpServers\": {\n    \"s\": {\"command\": \"x\"}\n  }\n}\n";
    Files.writeString(cursor, content);

    CommandRun asked = setup();
    CommandRun checked = setup("--check");

    assertThat(cursor).hasContent(content);
    assertThat(asked.exitCode()).isEqualTo(1);
    assertThat(checked.exitCode()).isEqualTo(1);
    assertThat(checked.outLines())
        .contains(
            "-    \"s\": {\"command\": \"x\"}",
            "+    \"s\": {\"command\": \"" + LAUNCHER + "\", \"args\": [\"run\", \"x\"]}");
    assertThat(home.resolve(".sexton")).doesNotExist();
    setup("--yes");
    assertThat(setup("--check").exitCode()).isZero();
  }

  @Test
  void undoRestoresEveryByteOfEveryChange() throws IOException {
    byte[] first =
        "\uFEFF{\"mcpServers\": {\r\n\"a\": {\"command\": \"\u0436\"},\t}}".getBytes(UTF_8);
    Files.write(cursor, first);
    setup("--yes");
    // A second server, which setup changes as well: both changes are undone.
    byte[] second =
        Files.readString(cursor).replace("\t", "\"b\":{\"command\":\"y\"}").getBytes(UTF_8);
    Files.write(cursor, second);
    setup("--yes");
    assertThat(Files.readString(cursor)).containsSubsequence(LAUNCHER, LAUNCHER);

    assertThat(setup("--undo").exitCode()).isZero();
    assertThat(Files.readAllBytes(cursor)).isEqualTo(second);
    assertThat(home.resolve(".sexton/setup.d")).doesNotExist();
  }

  @Test
  void undoAfterTwoChangesInARowReturnsToTheFirst() throws IOException {
    Files.writeString(cursor, cursorServers("\"a\": {\"command\": \"x\"}"));
    byte[] before = Files.readAllBytes(cursor);
    setup("--yes");
    CommandRun.of(
        home,
        Map.of("SEXTON_COMMAND", "/other/place"),
        false,
        "setup",
        "--yes"); // Nothing to change: already tracked.

    assertThat(setup("--undo").exitCode()).isZero();
    assertThat(Files.readAllBytes(cursor)).isEqualTo(before);
  }

  @Test
  void aChangeThatCouldNotBeWrittenDoesNotPreventUndo() throws IOException {
    SavedOriginals originals = new SavedOriginals(home);
    byte[] first = {1};
    byte[] second = {2};
    originals.save(cursor, first, second);
    originals.save(cursor, second, new byte[] {3});

    assertThat(originals.before(cursor, second)).isEqualTo(first);
    assertThat(originals.before(cursor, new byte[] {4})).isNull();
  }

  @Test
  void undoOfAFileThatWasEditedSinceKeepsTheEdits() throws IOException {
    Files.writeString(cursor, cursorServers("\"a\": {\"command\": \"x\", \"args\": [\"-y\"]}"));
    setup("--yes");
    Files.writeString(
        cursor, Files.readString(cursor).replace("\"a\"", "\"mine\": {\"url\": \"u\"}, \"a\""));

    assertThat(setup("--undo").exitCode()).isZero();

    assertThat(cursor)
        .hasContent(
            cursorServers(
                "\"mine\": {\"url\": \"u\"}, \"a\": {\"command\": \"x\", \"args\": [\"-y\"]}"));
  }

  @Test
  void undoLeavesAloneWhatSetupDidNotChange() throws IOException {
    String content = cursorServers("\"a\": {\"command\": \"sexton\", \"args\": [\"run\", \"x\"]}");
    Files.writeString(cursor, content);

    CommandRun run = setup("--undo");

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).containsExactly("nothing to undo.");
    assertThat(cursor).hasContent(content);
  }

  @Test
  void permissionsAndLinksStay() throws IOException {
    Path real = Files.createDirectory(home.resolve("dotfiles")).resolve("cursor.json");
    Files.writeString(real, cursorServers("\"a\": {\"command\": \"x\"}"));
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
    Files.createSymbolicLink(cursor, real);

    assertThat(setup("--yes").exitCode()).isZero();

    assertThat(cursor).isSymbolicLink();
    assertThat(Files.readString(real)).contains(LAUNCHER);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
        .isEqualTo("rw-r-----");
    try (var siblings = Files.list(home.resolve("dotfiles"))) {
      assertThat(siblings).containsExactly(real);
    }
    try (var saved = Files.list(home.resolve(".sexton/setup.d"))) {
      assertThat(saved.toList())
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .isEqualTo("rw-------"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"mcpServers\": {                                   | found the end of the file in line 1, column 17",
        "{\"mcpServers\": {}} x                               | after the end of the JSON value in line 1",
        "{\"mcpServers\": {\"a\": {}, \"a\": {}}}             | the key a is there twice",
        "{\"mcpServers\": {\"a\": {\"command\": \"x}}}        | an unterminated string",
        "{'mcpServers': {}}                                   | expected a key in quotes but found '",
        "/* {}                                                | an unterminated comment",
      })
  void aFileThatIsNotInItsFormatIsReportedAndLeftAlone(String content, String problem)
      throws IOException {
    Files.writeString(cursor, content);
    Files.writeString(codex, "[mcp_servers.s]\ncommand = 'x'\n");

    CommandRun run = setup("--yes");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(cursor).hasContent(content);
    assertThat(run.errLines()).anyMatch(line -> line.contains(cursor + " is left as it is: "));
    assertThat(run.errLines()).anyMatch(line -> line.contains(problem));
    assertThat(Files.readString(codex)).contains(LAUNCHER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[mcp_servers.s                | expected ] but found the end of the file",
        "command = 'x                  | an unterminated string",
        "`a = 1\na = 2`                | the key a is there twice",
        "a = [1, 2                     | expected a comma or ]",
        "a = \"\\q\"                   | an invalid escape",
        "a                             | expected =",
      })
  void tomlThatIsNotTomlIsReportedAndLeftAlone(String content, String problem) throws IOException {
    Files.writeString(codex, content);

    CommandRun run = setup("--yes");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(codex).hasContent(content);
    assertThat(run.errLines()).anyMatch(line -> line.contains(problem) && line.contains("line "));
  }

  @Test
  void aFileThatIsNotUtf8IsLeftAlone() throws IOException {
    byte[] content = cursorServers("\"\u00e9\": {\"command\": \"x\"}").getBytes(ISO_8859_1);
    Files.write(cursor, content);

    CommandRun run = setup("--yes");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(Files.readAllBytes(cursor)).isEqualTo(content);
    assertThat(run.errLines()).anyMatch(line -> line.contains("it is not UTF-8 text"));
  }

  @Test
  void anEmptyFileHasNoServers() throws IOException {
    Files.writeString(cursor, "");

    assertThat(setup("--yes").exitCode()).isZero();
    assertThat(cursor).isEmptyFile();
  }

  @Test
  void onlyTheNamedClientIsChanged() throws IOException {
    Files.writeString(cursor, cursorServers("\"a\": {\"command\": \"x\"}"));
    Files.writeString(codex, "[mcp_servers.s]\ncommand = 'x'\n");

    assertThat(setup("--yes", "--client", "codex").exitCode()).isZero();

    assertThat(Files.readString(codex)).contains(LAUNCHER);
    assertThat(Files.readString(cursor)).doesNotContain(LAUNCHER);
    CommandRun unknown = setup("--client", "emacs");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.errLines()).anyMatch(line -> line.contains("write one of claude-code"));
  }

  @Test
  void aCommandInACacheIsNotWrittenIntoAConfiguration() throws IOException {
    Files.writeString(cursor, cursorServers("\"a\": {\"command\": \"x\"}"));

    CommandRun run =
        CommandRun.of(
            home,
            Map.of("SEXTON_COMMAND", "/home/u/.npm/_npx/1f/node_modules/.bin/sexton"),
            false,
            "setup",
            "--yes");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(Files.readString(cursor)).doesNotContain("sexton");
  }

  @Test
  void withoutClientsThereIsNothingToDo() {
    CommandRun run = setup();

    assertThat(run.exitCode()).isZero();
    assertThat(run.outLines()).containsExactly("no configuration of an MCP client found.");
    assertThat(run.errLines()).anyMatch(line -> line.contains(cursor.toString()));
  }
}
