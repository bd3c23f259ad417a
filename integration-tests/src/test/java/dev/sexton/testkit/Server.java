package dev.sexton.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import dev.sexton.testsupport.Jvm;
import dev.sexton.testsupport.Proc;
import dev.sexton.testsupport.Processes;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A real server process that registers as an instance and obeys commands, one per line. A command
/// is words separated by tabs. The answer is `ok` or `error`, with words.
public final class Server {
  private static final long ANSWER_SECONDS = 60;

  private final Processes processes;
  private final Process process;
  private final Proc self;
  private final Path errors;
  private final BufferedWriter input;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final String instanceId;
  private final Path record;

  private Server(
      Processes processes, Path home, Map<String, String> environment, List<String> command)
      throws IOException {
    this.processes = processes;
    this.errors = Files.createTempFile(home, "server", ".stderr");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    setEnvironment(builder, home, environment);
    this.process = processes.start(builder);
    this.self = processes.adopt(process.pid());
    this.input = process.outputWriter(UTF_8);
    Thread.ofPlatform().daemon().name("server-answers").start(this::listen);
    String[] words = answer();
    this.instanceId = words[0];
    this.record = Path.of(words[1]);
  }

  /// Gives a command the almost empty environment of a home, and these variables.
  public static void setEnvironment(
      ProcessBuilder command, Path home, Map<String, String> variables) {
    command.environment().clear();
    command.environment().putAll(environment(home));
    command.environment().putAll(variables);
  }

  /// Returns an almost empty environment. A server must find its own home and no other.
  public static Map<String, String> environment(Path home) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("HOME", home.toString());
    environment.put("LANG", "C.UTF-8");
    environment.put("PYTHONDONTWRITEBYTECODE", "1");
    return environment;
  }

  /// Starts a Java server of this application below this home. It does not sweep when it starts,
  /// and has no sentinel unless `TEST_SENTINEL` is 1 in its environment.
  public static Server java(Processes processes, Path home, String application) throws IOException {
    return java(processes, home, application, Map.of());
  }

  /// Starts the same server with more environment variables.
  public static Server java(
      Processes processes, Path home, String application, Map<String, String> environment)
      throws IOException {
    return new Server(processes, home, environment, javaCommand(application));
  }

  /// Returns the command that starts a Java server.
  public static List<String> javaCommand(String application) {
    List<String> command = Jvm.command(ServerMain.class.getName(), "-Xmx64m");
    command.add(application);
    return command;
  }

  /// Starts a Python server that writes the record of the original, with its four keys.
  public static Server python(Processes processes, Path home) throws IOException {
    Path script = home.resolve("server.py");
    Python.copy("/dev/sexton/testkit/server.py", script);
    return new Server(
        processes, home, Map.of(), List.of(Python.python3().toString(), script.toString()));
  }

  /// Starts any other server that speaks the same protocol.
  public static Server of(
      Processes processes, Path home, Map<String, String> environment, List<String> command)
      throws IOException {
    return new Server(processes, home, environment, command);
  }

  /// Returns the UUID under which it registered.
  public String instanceId() {
    return instanceId;
  }

  /// Returns the path of its record.
  public Path record() {
    return record;
  }

  /// Returns the path of its lock file. A Python server has no such file.
  public Path lock() {
    return record.resolveSibling(instanceId + ".lock");
  }

  /// Returns its process.
  public Proc self() {
    return self;
  }

  /// Returns the labels that it puts on the resources that it makes in an engine.
  public Map<String, String> labels() throws IOException {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String word : ask("labels")) {
      int separator = word.indexOf('=');
      labels.put(word.substring(0, separator), word.substring(separator + 1));
    }
    return labels;
  }

  /// Tells it to start and track a process under a name. A Java server also marks the process.
  public Proc session(String name, String... command) throws IOException {
    return adopt("session", name, command);
  }

  /// Tells it to start a process that it neither tracks nor marks.
  public Proc unknown(String... command) throws IOException {
    return adopt("unknown", "", command);
  }

  private Proc adopt(String verb, String name, String[] command) throws IOException {
    List<String> words = new ArrayList<>(List.of(verb, name));
    words.addAll(List.of(command));
    return processes.adopt(Long.parseLong(ask(words.toArray(new String[0]))[0]));
  }

  /// Sends a command and waits for the answer.
  public String[] ask(String... words) throws IOException {
    input.write(String.join("\t", words));
    input.write('\n');
    input.flush();
    return answer();
  }

  private String[] answer() throws IOException {
    try {
      String line = answers.poll(ANSWER_SECONDS, SECONDS);
      if (line == null || !line.startsWith("ok\t")) {
        throw new AssertionError("the server answers: " + line + "\n" + Files.readString(errors));
      }
      return line.substring("ok\t".length()).split("\t", -1);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  private void listen() {
    try (BufferedReader reader = process.inputReader(UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        answers.add(line);
      }
      answers.add("(it has ended)");
    } catch (IOException killed) {
      answers.add("(" + killed.getMessage() + ")");
    }
  }

  /// Tells it to start a process by `launch`.
  public Proc launch(String name, String... command) throws IOException {
    return adopt("launch", name, command);
  }

  /// Asks it to end, as an impatient client does.
  public void terminate() {
    process.toHandle().destroy(); // Its input stays open: otherwise it would end by itself.
  }

  /// Closes its input. It then ends by itself.
  public void hangUp() throws IOException {
    input.close();
  }

  /// Waits until it has ended, and returns its exit code.
  public int awaitEnd() throws IOException {
    return Processes.awaitExit(process, "the server");
  }

  /// Kills it by SIGKILL. When this method returns, the server is gone and not a zombie.
  public void kill() throws IOException {
    process.destroyForcibly();
    Processes.awaitExit(process, "the killed server");
  }
}
