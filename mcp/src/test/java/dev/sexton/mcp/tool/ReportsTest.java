package dev.sexton.mcp.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static Map<String, Object> parse(String json) throws IOException {
    return McpJsonDefaults.getMapper()
        .readValue(json.replace('\'', '"'), new TypeRef<Map<String, Object>>() {});
  }

  private static Map<String, Object> sweep(String outcome, int left) throws IOException {
    return parse(
        """
        {'version': '1', 'dry_run': false, 'instances': [{'instance_id': 'i', 'application': 'a',
          'liveness': 'DEAD', 'reason': 'its owner is gone', 'resources': [
            {'kind': 'process', 'name': 'p', 'pid': 7, 'pids': [7, 8], 'outcome': '%s',
             'reason': 'because'}]}],
         'unclaimed': [], 'problems': [], 'summary': {'left': %d}}
        """
            .formatted(outcome, left));
  }

  @Test
  void showsOutcomesAndKindsThatItDoesNotKnow() throws IOException {
    assertThat(Reports.sweep(sweep("SOMETHING_NEW", 0)))
        .contains("process p [7, 8]: something new, because")
        .endsWith("Done.");
    Map<String, Object> list =
        parse(
            """
            {'instances': [{'instance_id': 'i', 'liveness': 'LATER', 'resources': [
               {'kind': 'process', 'name': '(marked)', 'pid': 7, 'pids': [], 'state': 'odd'},
               {'kind': 'wonder', 'state': null}, 'text', null]}, 3],
             'unclaimed': [{'kind': 'process', 'pid': 4711, 'reason': 'its environment is odd'},
                           {'kind': 'container', 'id': 'c', 'name': 'n', 'reason': 'who knows'}],
             'problems': [{'path': '/p', 'problem': 'no JSON'}], 'engine_problems': ['no answer']}
            """);
    assertThat(Reports.list(list, 2))
        .contains("later: null\n")
        .contains("  process (marked) 7 odd\n")
        .contains("  wonder null\n")
        .contains("unclaimed process 4711: its environment is odd\n")
        .contains("unclaimed container n c: who knows\n")
        .contains("problem with /p: no JSON\n")
        .contains("problem with a container engine: no answer\n")
        .endsWith("2 servers are alive.");
  }

  @Test
  void nobodyIsAskedForWhatIsLeftAlone() throws IOException {
    assertThat(Reports.resources(sweep("KEPT", 0))).isZero();
    assertThat(Reports.resources(sweep("UNCLAIMED", 0))).isZero();
    assertThat(Reports.resources(sweep("WOULD_STOP", 0))).isEqualTo(1);
    assertThat(Reports.resources(sweep("SOMETHING_NEW", 0))).isEqualTo(1);
  }

  @Test
  void saysWhatIsLeft() throws IOException {
    assertThat(Reports.sweep(sweep("FAILED", 3))).endsWith("Done as far as possible: 3 left.");
  }

  @Test
  void aReportMayHaveNewKeys() {
    assertThat(Reports.listSchema()).containsEntry("additionalProperties", true);
    assertThat(Reports.sweepSchema()).containsEntry("additionalProperties", true);
  }
}
