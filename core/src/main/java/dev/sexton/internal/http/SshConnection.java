package dev.sexton.internal.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A connection over the pipes of an `ssh` process. Closing it ends the process. It can be closed
/// and interrupted like a socket; everything else is for use by one thread at a time.
final class SshConnection extends AbstractInterruptibleChannel
    implements Connection, ReadableByteChannel {
  /// The exit code of a shell that does not find a command.
  private static final int NO_COMMAND = 127;

  private final SshCommand command;
  private final Object lock = new Object();

  /// Null before [#connect]. Guarded by [#lock].
  private @Nullable SshProcess process;

  /// Creates the connection. Starts nothing.
  SshConnection(SshCommand command) {
    this.command = command;
  }

  /// Starts ssh, and asks the engine whether it is there. Only then is it known that the other
  /// machine has let this user in, so a request is never sent into the void.
  ///
  /// @throws SshException if ssh or the engine's command fails
  @Override
  public void connect(Duration limit) throws IOException {
    connect(command.usesPodman());
  }

  private void connect(boolean podman) throws IOException {
    start(podman);
    try {
      ping();
    } catch (ProtocolException unanswered) {
      SshProcess failed = process();
      String errors = failed.errors();
      if (podman || !isMissing(failed.exitCode(), errors)) {
        throw SshProblem.explain(command.destination(), failed.exitCode(), errors, unanswered);
      }
      command.usePodman();
      failed.end();
      connect(true);
    }
  }

  private static boolean isMissing(int exitCode, String errors) {
    return exitCode == NO_COMMAND || errors.toLowerCase(Locale.ROOT).contains("command not found");
  }

  private void start(boolean podman) throws IOException {
    synchronized (lock) {
      if (!isOpen()) {
        throw new AsynchronousCloseException();
      }
      process = SshProcess.start(command, podman);
    }
  }

  /// @throws ProtocolException if there is no valid answer
  private void ping() throws IOException {
    try {
      new HttpRequest("GET", "/_ping", Map.of(), "").send(this, "api.moby.localhost", false);
    } catch (ClosedChannelException closed) {
      throw closed;
    } catch (IOException brokenPipe) {
      throw new ProtocolException("ssh has ended"); // Its reason is on stderr.
    }
    ChannelInput in = new ChannelInput(this);
    new ResponseReader(in).read();
    if (!in.isDrained()) {
      throw new ProtocolException("more than one answer to a request");
    }
  }

  /// Returns whether the connection can be used.
  boolean isUsable() {
    SshProcess ssh;
    synchronized (lock) {
      ssh = process;
    }
    return isOpen() && ssh != null && ssh.isAlive();
  }

  private SshProcess process() throws IOException {
    synchronized (lock) {
      if (!isOpen() || process == null) {
        throw new ClosedChannelException();
      }
      return process;
    }
  }

  @Override
  public ReadableByteChannel input() {
    return this;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    SshProcess ssh = process();
    int count = -1;
    try {
      begin();
      int position = target.position();
      count =
          ssh.output().read(target.array(), target.arrayOffset() + position, target.remaining());
      target.position(position + Math.max(0, count));
      return count;
    } finally {
      end(count > 0);
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    OutputStream out = process().input();
    boolean written = false;
    try {
      begin();
      out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      out.flush();
      bytes.position(bytes.limit());
      written = true;
    } finally {
      end(written);
    }
  }

  @Override
  protected void implCloseChannel() {
    SshProcess ssh;
    synchronized (lock) {
      ssh = process;
    }
    if (ssh != null) {
      ssh.end();
    }
  }
}
