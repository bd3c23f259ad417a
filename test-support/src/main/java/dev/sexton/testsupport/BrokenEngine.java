package dev.sexton.testsupport;

import dev.sexton.testsupport.FakeEngine.Connection;
import dev.sexton.testsupport.FakeEngine.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// An engine without containers, networks and volumes that has a fault until it is repaired.
public final class BrokenEngine implements AutoCloseable {
  /// The fault.
  public enum Fault {
    /// It accepts connections but never answers.
    HANGS,
    /// The socket's file exists, but no process listens.
    REFUSES,
    /// It answers that it is broken.
    ANSWERS_500,
    /// It answers like a web server that is not an engine.
    ANSWERS_A_PAGE,
    /// It hangs up in the middle of its answer.
    HANGS_UP
  }

  private final Path directory;
  private final Fault fault;
  private FakeEngine engine;

  private BrokenEngine(Path directory, Fault fault) throws IOException {
    this.directory = directory;
    this.fault = fault;
    this.engine = new FakeEngine(directory, this::fail);
    if (fault == Fault.REFUSES) {
      engine.close(); // This leaves the file.
    }
  }

  /// Returns an engine with this fault. Its socket is in the given directory.
  public static BrokenEngine with(Fault fault, Path directory) throws IOException {
    return new BrokenEngine(directory, fault);
  }

  /// Returns its address in the form of `DOCKER_HOST`.
  public String host() {
    return engine.host();
  }

  /// Replaces it by one that works, at the same address.
  public void repair() throws IOException {
    close();
    engine = new FakeEngine(directory, BrokenEngine::answer);
  }

  private void fail(Request request, Connection connection) throws IOException {
    switch (fault) {
      case HANGS, REFUSES -> connection.hang();
      case ANSWERS_500 -> connection.reply(500, "{\"message\":\"is broken\"}");
      case ANSWERS_A_PAGE ->
          connection.send(
              "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n"
                  + "<html></html>");
      case HANGS_UP -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n[{\"Id\":");
    }
  }

  private static void answer(Request request, Connection connection) throws IOException {
    connection.reply(
        200,
        switch (request.path().replaceFirst("\\?.*", "")) {
          case "/_ping" -> "OK";
          case "/volumes" -> "{\"Volumes\": [], \"Warnings\": []}";
          default -> "[]";
        });
  }

  /// Ends it and removes its socket.
  @Override
  public void close() throws IOException {
    engine.close();
    Files.deleteIfExists(engine.socket());
  }
}
