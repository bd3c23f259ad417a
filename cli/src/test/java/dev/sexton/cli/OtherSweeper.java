package dev.sexton.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.testsupport.Jvm;
import dev.sexton.testsupport.Proc;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Another program that holds the sweeper's byte of an instance until it is closed.
public final class OtherSweeper implements AutoCloseable {
  private final Process process;

  private OtherSweeper(Process process) {
    this.process = process;
  }

  /// Starts a sweeper that holds the lock.
  public static OtherSweeper at(Path lock) throws IOException {
    List<String> command = Jvm.command(OtherSweeper.class.getName());
    command.add(lock.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    if (!"locked".equals(process.inputReader(UTF_8).readLine())) {
      process.destroyForcibly();
      throw new IOException("it has no lock");
    }
    return new OtherSweeper(process);
  }

  /// Takes the lock, reports that, and keeps it until its stdin is closed.
  public static void main(String... args) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(args[0]),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      if (channel.tryLock(1, 1, false) == null) {
        throw new IOException("locked already");
      }
      System.out.println("locked");
      while (System.in.read() >= 0) {
        // Until the parent closes stdin or ends.
      }
    }
  }

  public long pid() {
    return process.pid();
  }

  /// Suspends the process, as Ctrl-Z does.
  public void stop() {
    Proc.of(process.pid()).stop();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
