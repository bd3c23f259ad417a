package dev.sexton.mcpsdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sexton.testkit.Python;
import dev.sexton.testsupport.Proc;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Runs a server on the MCP SDK whose client, written in Python, ends in every possible way.
class ClientWatchTest extends SdkTestBase {
  private void startClient(String mode, List<String> server) throws IOException {
    Path script = directory.resolve("client.py");
    Python.copy("/dev/sexton/mcpsdk/client.py", script);
    List<String> command = new ArrayList<>();
    if (mode.equals("zombie")) {
      // sleep replaces sh and does not wait for any child.
      command.addAll(List.of("/bin/sh", "-c", "\"$@\" & exec sleep 600", "sh"));
    }
    command.addAll(
        List.of(
            Python.python3().toString(),
            script.toString(),
            directory.toString(),
            mode.equals("zombie") ? "hold" : mode));
    command.addAll(server);
    processes.start(
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(directory.resolve("stderr").toFile()));
  }

  private List<String> server(String atTheEnd, List<String> session) {
    List<String> command =
        new ArrayList<>(SdkServer.command(state.toString(), directory.toString(), atTheEnd));
    command.addAll(session);
    return command;
  }

  /// Returns the notes of the sessions, which use another directory than the server.
  private Notes sessionNotes() throws IOException {
    return new Notes(Files.createDirectories(directory.resolve("session")), processes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "stay", "hold", "zombie"})
  void aServerEndsWithItsClientAndItsSessionsToo(String mode) throws IOException {
    Notes sessions = sessionNotes();
    startClient(mode, server("clean", sessions.stubborn()));
    Proc server = notes.process("server");
    Proc client = notes.process("client");
    List<Proc> all = new ArrayList<>(sessions.stubbornTree());
    all.add(server);
    if (mode.equals("hold") || mode.equals("zombie")) {
      assertThat(notes.process("holder").isRunning()).isTrue();
    }
    if (mode.equals("close")) {
      assertThat(client.isRunning()).isTrue();
    } else {
      client.kill();
    }

    notes.awaitGone(all);

    assertThat(directory.resolve("called-back")).hasContent("once");
    try (Stream<Path> records = Files.list(state.resolve("instances"))) {
      assertThat(records).isEmpty();
    }
  }

  @Test
  void aCallbackAndAShutdownHookThatHangDoNotKeepIt() throws IOException {
    startClient("close", server("hang", List.of()));

    notes.awaitGone(List.of(notes.process("server")));

    assertThat(directory.resolve("called-back")).hasContent("once");
  }

  @Test
  void aServerThatWantsToEndByItselfIsLeftAlone() throws IOException {
    startClient("hold", server("stay", List.of()));
    Proc server = notes.process("server");
    Proc client = notes.process("client");

    client.kill();

    Path calledBack = directory.resolve("called-back");
    await().atMost(Notes.PATIENCE).until(() -> Files.exists(calledBack));
    await()
        .atMost(Notes.PATIENCE)
        .until(() -> {
          try (Stream<Path> records = Files.list(state.resolve("instances"))) {
            return records.findAny().isEmpty();
          }
        });
    assertThat(server.isRunning()).isTrue();

    notes.process("holder").kill(); // Now stdin ends as well, and a server on the SDK then ends.

    notes.awaitGone(List.of(server));
    assertThat(calledBack).hasContent("once");
  }
}
