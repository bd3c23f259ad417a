package dev.sexton.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerNameTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      textBlock =
          """
          some-server                                              = some-server
          /opt/x/some-server --stdio                               = some-server
          npx some-server                                          = some-server
          npx -y @scope/server-everything                          = @scope/server-everything
          npx --yes @scope/server@1.2.3 /data                      = @scope/server
          npx -y weather@latest                                    = weather
          npx -p @scope/tools weather                              = weather
          npx -y github:user/weather                               = weather
          npx                                                      = npx
          /usr/bin/npx -y -- weather                               = weather
          npm exec -y weather -- --stdio                           = weather
          npm start                                                = npm
          pnpm dlx weather                                         = weather
          bunx weather                                             = weather
          bun x weather                                            = weather
          uvx mcp-server-time                                      = mcp-server-time
          uvx mcp-server-time@2026.1                               = mcp-server-time
          uvx --from git+https://host/u/serena.git serena start    = serena
          uvx git+https://host/u/serena.git@main                   = serena
          uv tool run weather[cli]                                 = weather
          uv run weather                                           = weather
          uv --directory /home/u/weather run server.py             = server.py
          uv run --with mcp -m weather.server                      = weather.server
          uv run python -m weather                                 = weather
          pipx run weather                                         = weather
          pipx run --spec weather-mcp weather                      = weather
          python -m mcp_server_time                                = mcp_server_time
          python3.12 -u -X dev -m weather                          = weather
          python3 /home/u/weather/src/server.py                    = weather
          python3 weather.py                                       = weather.py
          python -c print(1)                                       = python
          node /home/u/weather/build/index.js                      = weather
          node --import tsx weather.ts                             = weather.ts
          node /x/node_modules/@scope/weather/dist/index.js        = @scope/weather
          node -e 1                                                = node
          deno run -A weather.ts                                   = weather.ts
          java -jar /opt/weather.jar                               = weather.jar
          java -Xmx1g -cp a:b dev.weather.Main                     = dev.weather.Main
          docker run -i --rm mcp/weather                           = mcp/weather
          docker run -i --rm -e TOKEN -v /a:/b ghcr.io/u/weather:1 = u/weather
          docker --context c run -it --name n --init weather:2 x   = weather
          podman run -eA --network none localhost:5000/weather     = weather
          env -u A npx -y weather                                  = weather
          timeout 10 uvx weather                                   = weather
          nohup npx weather                                        = weather
          sh weather.sh                                            = weather.sh
          env                                                      = env
          """)
  void namesWhatIsRun(String command, String name) {
    assertThat(ServerName.of(List.of(command.strip().split(" ")))).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          npx -y @scope/weather                      ~ @scope/weather
          cd /home/u && exec npx -y weather --stdio  ~ weather
          TOKEN=x uvx weather                        ~ weather
          export A=1; node '/home/u/my app/index.js' ~ my app
          weather | tee log                          ~ weather
          docker run -i --rm mcp/weather             ~ mcp/weather
          cd /                                       ~ sh
          """)
  void looksIntoAShellsScript(String script, String name) {
    assertThat(ServerName.of(List.of("sh", "-c", script.strip()))).isEqualTo(name);
    assertThat(ServerName.of(List.of("/usr/bin/env", "X=1", "bash", "-lc", script.strip())))
        .isEqualTo(name.equals("sh") ? "env" : name);
  }

  @ParameterizedTest
  @CsvSource({"'', server", "/, server", "npx '', npx"})
  void isNeverEmpty(String command, String name) {
    assertThat(
            ServerName.of(
                List.of(command.split(" ", -1)).stream()
                    .map(word -> word.replace("'", ""))
                    .toList()))
        .isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "npm exec server --port 1, true",
    "npm exec server||||, true",
    "/usr/bin/node|/usr/lib/node_modules/npm/bin/npx-cli.js|server, true",
    "node|/x/bin/npx|server, true",
    "/home/user/.local/bin/uv|tool|uvx|server, true",
    "uvx|server, true",
    "/usr/bin/python3|/usr/bin/pipx|run|server, true",
    "sh|-c|server, true",
    "bash|-lc|server, true",
    "sh|server.sh, false",
    "sh, false",
    "bash|--rcfile|x, false",
    "node|/x/server.js, false",
    "python3|server.py, false",
    "code, false",
    "/usr/share/code/code|--type=zygote, false",
    "'', false"
  })
  void aRunnerIsToldByItsCommandLine(String line, boolean isRunner) {
    assertThat(ServerName.isRunner(List.of(line.split("\\|", -1)))).isEqualTo(isRunner);
    assertThat(ServerName.isRunner(List.of())).isFalse();
  }
}
