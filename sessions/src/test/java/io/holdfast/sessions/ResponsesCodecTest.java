package io.holdfast.sessions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Responses as OpenAI streams them, by way of the wire. */
class ResponsesCodecTest {
  private final FakeBroker broker = new FakeBroker();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private SessionCore<ResponsesEvent, ResponsesMessage> core(String clientId) {
    return new SessionCore<>(
        broker.channel(clientId),
        new ResponsesCodec(),
        new Surroundings(threads, (delay, task) -> () -> {}, new Random(3)),
        2);
  }

  private static List<ResponsesEvent> events(String... json) {
    List<ResponsesEvent> events = new ArrayList<>();
    for (String each : json) {
      events.add(ResponsesEvent.parse(each.replace('\'', '"')));
    }
    return events;
  }

  private static final String[] ANSWER = {
    "{'type':'response.created','response':{}}",
    "{'type':'response.output_item.added','output_index':0,"
        + "'item':{'id':'rs','type':'reasoning','summary':[]}}",
    "{'type':'response.reasoning_summary_part.added','item_id':'rs','output_index':0,"
        + "'summary_index':0,'part':{'type':'summary_text','text':''}}",
    "{'type':'response.reasoning_summary_text.delta','item_id':'rs','output_index':0,"
        + "'summary_index':0,'delta':'Think'}",
    "{'type':'response.reasoning_summary_text.done','item_id':'rs','output_index':0,"
        + "'summary_index':0,'text':'Think'}",
    "{'type':'response.output_item.done','output_index':0,"
        + "'item':{'id':'rs','type':'reasoning','summary':[],'encrypted_content':'e'}}",
    "{'type':'response.output_item.added','output_index':1,"
        + "'item':{'id':'ms','type':'message','role':'assistant','status':'in_progress',"
        + "'content':[]}}",
    "{'type':'response.content_part.added','item_id':'ms','output_index':1,'content_index':0,"
        + "'part':{'type':'output_text','text':'','annotations':[]}}",
    "{'type':'response.output_text.delta','item_id':'ms','output_index':1,'content_index':0,"
        + "'delta':'Hel'}",
    "{'type':'response.output_text.delta','item_id':'ms','output_index':1,'content_index':0,"
        + "'delta':'lo'}",
    "{'type':'response.output_text.done','item_id':'ms','output_index':1,'content_index':0,"
        + "'text':'Hello'}",
    "{'type':'response.content_part.done','item_id':'ms','output_index':1,'content_index':0,"
        + "'part':{}}",
    "{'type':'response.output_item.done','output_index':1,'item':{'id':'ms','type':'message',"
        + "'status':'completed','content':[{'type':'output_text','text':'Hello',"
        + "'logprobs':[{'token':'Hello'}]}]}}",
    "{'type':'response.output_item.added','output_index':2,'item':{'id':'fc','type':"
        + "'function_call','call_id':'c1','name':'find','arguments':'','status':'in_progress'}}",
    "{'type':'response.function_call_arguments.delta','item_id':'fc','output_index':2,"
        + "'delta':'{}'}",
    "{'type':'response.function_call_arguments.done','item_id':'fc','output_index':2,"
        + "'arguments':'{}'}",
    "{'type':'response.output_item.done','output_index':2,'item':{'id':'fc',"
        + "'type':'function_call','status':'completed'}}",
    "{'type':'response.completed','response':{}}"
  };

  private static final String MESSAGE =
      "{'role':'assistant','items':[{'id':'rs','type':'reasoning','summary':[{'text':'Think',"
          + "'type':'summary_text'}],'encrypted_content':'e'},{'id':'ms','type':'message',"
          + "'role':'assistant','status':'completed','content':[{'type':'output_text',"
          + "'text':'Hello','annotations':[],'logprobs':[{'token':'Hello'}]}]},{'id':'fc',"
          + "'type':'function_call','call_id':'c1','name':'find','arguments':'{}',"
          + "'status':'completed'}]}";

  private static String json(CodecMessage<ResponsesMessage> message) {
    return Json.write(message.message().toJson()).replace('"', '\'');
  }

  /** A run that has answered a first question, with a call, and waits. */
  private static OpenableRun<ResponsesEvent, ResponsesMessage> answered(
      ClientSession<ResponsesMessage> person, AgentSession<ResponsesEvent, ResponsesMessage> agent)
      throws InterruptedException {
    person.connect();
    agent.connect();
    ClientRun<ResponsesMessage> asked =
        person.view().send(new Input.UserMessage<>(ResponsesMessage.user("Hi")));
    OpenableRun<ResponsesEvent, ResponsesMessage> run = agent.createRun(asked.toInvocation());
    run.start();
    assertEquals(RunEndReason.COMPLETE, run.pipe(events(ANSWER).iterator()).reason());
    run.suspend();
    return run;
  }

  @Test
  void aResponseIsItsItemsForWhoIsThereAndWhoComesLate() throws Exception {
    ClientSession<ResponsesMessage> person = new ClientSession<>(core("ada"));
    AgentSession<ResponsesEvent, ResponsesMessage> agent = new AgentSession<>(core("bot"));
    OpenableRun<ResponsesEvent, ResponsesMessage> run = answered(person, agent);
    List<CodecMessage<ResponsesMessage>> shown = person.view().messages();
    assertEquals("Hi", shown.getFirst().message().text());
    assertEquals(MESSAGE, json(shown.getLast()));
    assertEquals(1, ResponsesMessage.unansweredCalls(shown).size());

    String call = shown.getLast().codecMessageId();
    ClientRun<ResponsesMessage> answer =
        person
            .view()
            .send(new Input.ToolResult<>(call, "c1", "found", null), SendOptions.into(run.runId()));
    OpenableRun<ResponsesEvent, ResponsesMessage> second = agent.createRun(answer.toInvocation());
    second.start();
    assertEquals(run.runId(), second.runId());
    assertTrue(ResponsesMessage.unansweredCalls(person.view().messages()).isEmpty());
    second.end(RunEndReason.COMPLETE);
    assertTrue(json(person.view().messages().getLast()).contains("'output':'found'"));
    ClientSession<ResponsesMessage> late = new ClientSession<>(core("late"));
    late.connect();
    assertEquals(person.view().messages(), late.view().loadAll());
    assertEquals(RunStatus.COMPLETE, late.view().runs().getLast().status());
  }

  @Test
  void aToolsResultStaysWithItsCall() throws Exception {
    ClientSession<ResponsesMessage> person = new ClientSession<>(core("ada"));
    AgentSession<ResponsesEvent, ResponsesMessage> agent = new AgentSession<>(core("bot"));
    OpenableRun<ResponsesEvent, ResponsesMessage> run = answered(person, agent);
    ClientRun<ResponsesMessage> answer = person.view().answerTool(run.runId(), "c1", "found");
    OpenableRun<ResponsesEvent, ResponsesMessage> second = agent.createRun(answer.toInvocation());
    second.start();
    assertEquals(run.runId(), second.runId());
    String read = ResponsesMessage.inputOf(second.view().loadAll()).toString();
    assertTrue(read.contains("type=function_call,"), read);
    assertTrue(read.contains("output=found"), read);
    second.end(RunEndReason.COMPLETE);
  }

  @Test
  void anApprovalIsAskedForAndAnswered() throws Exception {
    ClientSession<ResponsesMessage> person = new ClientSession<>(core("ada"));
    AgentSession<ResponsesEvent, ResponsesMessage> agent = new AgentSession<>(core("bot"));
    person.connect();
    agent.connect();
    ClientRun<ResponsesMessage> asked =
        person.view().send(new Input.UserMessage<>(ResponsesMessage.user("Hi")));
    OpenableRun<ResponsesEvent, ResponsesMessage> run = agent.createRun(asked.toInvocation());
    run.start();
    List<ResponsesEvent> outputs = new ArrayList<>(events(ANSWER));
    outputs.add(ResponsesEvent.approvalRequest("c1", "find", "{}"));
    run.pipe(outputs.iterator());
    run.suspend();
    String call = person.view().messages().getLast().codecMessageId();
    person.view().approve(call, "c1", true, "sure");
    List<CodecMessage<ResponsesMessage>> shown = person.view().messages();
    assertEquals(1, ResponsesMessage.approvedCalls(shown).size());
    assertEquals(
        new ResponsesMessage.ToolCall("approved", null, "find", "{}", "sure"),
        shown.getLast().message().toolCalls().get("c1"));
    person.view().approve(call, "c1", false, null);
    assertTrue(json(person.view().messages().getLast()).contains("was not approved"));
  }

  @Test
  void whatHasNoFormOnTheWireIsRefused() {
    ResponsesCodec codec = new ResponsesCodec();
    for (String event :
        List.of(
            "{'type':'response.image_generation_call.completed'}",
            "{'type':'response.output_item.added','item':{'type':'web_search_call','id':'w'}}",
            "{'type':'response.content_part.added','item_id':'i','content_index':0,"
                + "'part':{'type':'audio'}}")) {
      assertEquals(
          40003,
          assertThrows(SessionException.class, () -> codec.encode(events(event).getFirst(), "m"))
              .code());
    }
    assertThrows(SessionException.class, () -> ResponsesEvent.parse("[1]"));
    assertThrows(
        SessionException.class,
        () ->
            codec.encode(
                new Input.UserMessage<>(new ResponsesMessage(Role.USER, List.of(), Map.of()))));
  }

  @Test
  void aPlaceThatNoItemHasIsLeftOut() {
    for (String place : List.of("-1", "2000000000", "99999999999999999999", "1.5", "{}")) {
      Codec.Fold<ResponsesMessage> fold = new ResponsesCodec().fold();
      fold.add(
          new Piece(
              false,
              "output_text",
              Map.of("item_id", "i1", "content_index", place),
              Piece.StreamStatus.COMPLETE,
              "text",
              "m1",
              Role.ASSISTANT));
      assertEquals("", fold.messages().getFirst().message().text(), place);
    }
  }
}
