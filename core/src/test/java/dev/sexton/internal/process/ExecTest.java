package dev.sexton.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ExecTest {
  /** Becomes the program that it is given, with two more arguments; says if it did not. */
  static final class Program {
    public static void main(String[] args) {
      Exec exec =
          Objects.requireNonNull(
              Exec.prepare(
                  List.of(args), 2, Charset.forName(System.getProperty("charset", "UTF-8"))));
      exec.become(List.of("two words", "größer"));
      System.out.println("still here");
    }
  }

  private static Process start(String... command) throws IOException {
    return start(List.of(), command);
  }

  private static Process start(List<String> options, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    builder.command().addAll(options);
    builder
        .command()
        .addAll(
            List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName()));
    builder.command().addAll(List.of(command));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("VARIABLE", " its value ");
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static List<String> lines(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  @Test
  void isTheSameProcessWithItsEnvironmentAndItsStandardStreamsOnly() throws Exception {
    String script = "echo $$; echo \"$VARIABLE\"; echo \"$0,$1,$2\"; cat; ls /proc/$$/fd; exit 0";
    Process process = start("/bin/sh", "-c", script, "zero");
    process.outputWriter().append("stdin\n").close();

    assertThat(lines(process))
        .containsExactly(
            Long.toString(process.pid()),
            " its value ",
            "zero,two words,größer",
            "stdin",
            "0",
            "1",
            "2");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void writesItsArgumentsAsTheLocaleHasThem() throws Exception {
    Process process = start(List.of("-Dcharset=ISO-8859-15"), "/bin/sh", "-c", "echo $2", "zero");

    assertThat(process.getInputStream().readAllBytes())
        .isEqualTo("größer\n".getBytes(Charset.forName("ISO-8859-15")));
  }

  @Test
  void goesOnIfThereIsNoSuchProgram() throws Exception {
    Process process = start("/no/such/program");

    assertThat(lines(process)).containsExactly("still here");
    assertThat(process.waitFor()).isZero();
  }
}
