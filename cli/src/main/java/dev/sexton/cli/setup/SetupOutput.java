package dev.sexton.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.cli.option.Arguments;
import dev.sexton.cli.output.HumanFormat;
import dev.sexton.cli.output.Io;
import dev.sexton.cli.output.JsonOut;
import dev.sexton.cli.output.StyledPrinter;
import dev.sexton.cli.output.StyledPrinter.Style;
import dev.sexton.cli.output.Version;
import dev.sexton.cli.setup.ServerEntry.State;
import dev.sexton.cli.setup.SetupResult.Kind;
import dev.sexton.cli.setup.SetupResult.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Locale;

/// Prints what `sexton setup` finds and does, and asks the user.
final class SetupOutput {
  private final Io io;
  private final boolean json;
  private final boolean quiet;
  private final boolean undo;

  SetupOutput(Io io, Arguments arguments) {
    this.io = io;
    this.json = arguments.json();
    this.quiet = arguments.quiet();
    this.undo = arguments.has("undo");
  }

  /// Shows a change and asks whether to make it. Without a terminal, the answer is no.
  boolean ask(SetupResult result) {
    if (json || !io.canAsk()) {
      return false;
    }
    printDiff(result);
    io.err().print("Change " + result.file() + "? [y/N] ");
    io.err().flush();
    try {
      // Unbuffered beyond this line: nothing else reads the terminal.
      String answer = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
    } catch (IOException gone) {
      return false;
    }
  }

  /// Prints the result for one client.
  void add(SetupResult result) {
    if (json) {
      return;
    }
    StyledPrinter screen = io.screen();
    if (!io.canAsk() || result.status().kind() != Kind.CHANGED) {
      printDiff(result);
    }
    switch (result.status().kind()) {
      case CHANGED -> line(screen, Style.GOOD, result, "changed");
      case PENDING -> line(screen, Style.WARNING, result, "not changed");
      case FAILED ->
          io.notes()
              .add(Style.BAD, "sexton: ")
              .add(result.file() + " is left as it is: " + result.status().problem())
              .end();
      case UNCHANGED -> {
        if (!quiet) {
          line(screen, Style.FAINT, result, "nothing to change" + servers(result));
        }
      }
    }
  }

  private void printDiff(SetupResult result) {
    StyledPrinter screen = io.screen();
    for (String line : result.diff()) {
      Style style =
          line.startsWith("+") ? Style.GOOD : line.startsWith("-") ? Style.BAD : Style.PLAIN;
      screen.line(style, line);
    }
  }

  private static void line(StyledPrinter screen, Style style, SetupResult result, String text) {
    screen.add(result.client() + ": " + result.file() + ": ").add(style, text).end();
  }

  private static String servers(SetupResult result) {
    long tracked = result.servers().stream().filter(one -> one.state() == State.TRACKED).count();
    return tracked == 0
        ? ""
        : " (" + HumanFormat.count((int) tracked, "server") + " through sexton run)";
  }

  /// Prints the end of the report.
  void end(List<SetupResult> results, List<McpClient> clients) {
    if (json) {
      JsonOut.document(
          io.out(),
          out -> {
            out.name("version").value(Version.TEXT).name("clients").beginArray();
            for (SetupResult result : results) {
              out.beginObject().name("client").value(result.client());
              out.name("file").value(result.file());
              out.name("status").value(result.status().kind().name());
              out.name("problem").value(result.status().problem());
              out.name("servers").beginArray();
              for (Server server : result.servers()) {
                out.beginObject().name("name").value(server.name());
                out.name("state").value(server.state().name()).endObject();
              }
              out.endArray().name("diff").value(String.join("\n", result.diff())).endObject();
            }
            out.endArray();
          });
      return;
    }
    if (results.isEmpty()) {
      io.screen().line(undo ? "nothing to undo." : "no configuration of an MCP client found.");
      if (!quiet && !undo) {
        clients.forEach(client -> io.notes().line("  " + client.name() + ": " + client.file()));
      }
    }
    if (!quiet && results.stream().anyMatch(one -> one.status().kind() == Kind.PENDING)) {
      io.notes().line("to change these files: sexton setup --yes");
    }
    if (!quiet && results.stream().anyMatch(one -> one.status().kind() == Kind.CHANGED)) {
      io.notes()
          .line(
              "restart these clients" + (undo ? "." : "; sexton setup --undo restores the files."));
    }
  }
}
