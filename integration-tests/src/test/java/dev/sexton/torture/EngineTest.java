package dev.sexton.torture;

import static dev.sexton.torture.World.PATIENT;
import static dev.sexton.torture.World.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sexton.InstanceReport.RecordFate;
import dev.sexton.Outcome;
import dev.sexton.SweepReport;
import dev.sexton.torture.World.Instance;
import dev.sexton.torture.World.Kind;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.EnumSource;

/// Tests an engine that fails while everything else is swept.
class EngineTest {
  @RegisterExtension final World world = new World();

  @BeforeEach
  void populate() {
    world.populate();
  }

  /// The ways in which an engine fails.
  enum Fault {
    REFUSES,
    HANGS,
    ANSWERS_500,
    HALF_A_BODY,
    NONE
  }

  /// A socket with an engine that is empty or fails.
  private static final class FaultyEngine implements AutoCloseable {
    private final ServerSocketChannel server;
    private volatile Fault fault;

    FaultyEngine(Path socket, Fault fault) throws IOException {
      this.fault = fault;
      server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      Thread.ofPlatform().daemon().name("faulty-engine").start(this::accept);
    }

    void setFault(Fault other) {
      fault = other;
    }

    private void accept() {
      try {
        while (true) {
          SocketChannel channel = server.accept();
          Thread.ofPlatform().daemon().name("faulty-engine-answer").start(() -> answer(channel));
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    private void answer(SocketChannel channel) {
      try (channel) {
        StringBuilder head = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (head.indexOf("\r\n\r\n") < 0) {
          one.clear();
          if (channel.read(one) < 0) {
            return;
          }
          head.append((char) one.get(0));
        }
        String path = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP"));
        String body =
            path.contains("/volumes")
                ? "{\"Volumes\": [], \"Warnings\": []}"
                : path.contains("/_ping") ? "OK" : "[]";
        switch (fault) {
          case HANGS -> {
            one.clear();
            if (channel.read(one) >= 0) {
              throw new IOException("two requests");
            }
          }
          case ANSWERS_500 -> send(channel, "500 Oh", "{\"message\": \"out of order\"}", 0);
          case HALF_A_BODY -> send(channel, "200 OK", body, 1000);
          case REFUSES, NONE -> send(channel, "200 OK", body, 0);
        }
      } catch (IOException gaveUp) {
        // Clients may do this.
      }
    }

    private static void send(SocketChannel channel, String status, String body, int missing)
        throws IOException {
      String answer =
          "HTTP/1.1 %s\r\nApi-Version: 1.41\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(status, body.length() + missing, body);
      ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private SweepReport sweep(Path socket) {
    return world
        .sweeper(PATIENT)
        .environment(
            Map.of("HOME", world.directory().toString(), "DOCKER_HOST", "unix://" + socket))
        .build()
        .sweep();
  }

  @Row
  @EnumSource(
      value = Fault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NONE"})
  void anEngineThatFailsIsRememberedAndKeepsNobodyAlive(Fault fault) throws Exception {
    Instance original = world.owner(Kind.ORIGINAL).named("original").start("one=plain").die();
    Instance ours = world.owner(Kind.SEXTON).named("ours").start("two=plain").die();
    Instance withContainers =
        world.owner(Kind.SEXTON).named("with").option("containers=1").start("three=plain").die();
    Proc one = world.ready("one");
    Proc two = world.ready("two");
    Proc three = world.ready("three");
    Path socket = world.directory().resolve("engine");
    FaultyEngine engine = world.closing(new FaultyEngine(socket, fault));
    if (fault == Fault.REFUSES) {
      engine.close(); // The file stays, but no process listens.
      assertThat(World.exists(socket)).isTrue();
    }

    SweepReport report = sweep(socket);

    assertThat(one.isAlive()).as("%s", report).isFalse();
    assertThat(two.isAlive()).isFalse();
    assertThat(three.isAlive()).isFalse();
    assertThat(in(report, ours).record()).as("needs no engine").isEqualTo(RecordFate.REMOVED);
    world.assertForgotten(ours);
    for (Instance instance : new Instance[] {original, withContainers}) {
      assertThat(in(report, instance, "(engine)").outcome()).isEqualTo(Outcome.FAILED);
      assertThat(in(report, instance).record()).isEqualTo(RecordFate.KEPT);
      assertThat(World.text(instance.record())).contains("\"attempts\": 1", "(engine): Docker");
    }
    assertThat(report.isClean()).isFalse();

    if (fault == Fault.REFUSES) {
      Files.delete(socket);
      world.closing(new FaultyEngine(socket, Fault.NONE));
    } else {
      engine.setFault(Fault.NONE);
    }
    SweepReport next = sweep(socket);

    assertThat(next.isClean()).as("%s", next).isTrue();
    world.assertForgotten(original);
    world.assertForgotten(withContainers);
  }
}
