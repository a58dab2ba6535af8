package io.holdfast.demoagent;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.http.client.jdk.JdkHttpClientBuilder;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.holdfast.client.Json;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A provider's model, over the protocol that OpenAI's API has made common. */
final class ProviderModel implements Model {
  private static final Duration ANSWERS_WITHIN = Duration.ofMinutes(2);
  private static final int TRIES = 2;

  private final StreamingChatModel model;
  private final Supplier<String> ids;

  ProviderModel(StreamingChatModel model, Supplier<String> ids) {
    this.model = model;
    this.ids = ids;
  }

  /**
   * A model at this place.
   *
   * @param ids names for texts and thoughts
   */
  static ProviderModel at(Endpoint endpoint, Supplier<String> ids) {
    HttpClient.Builder http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    return new ProviderModel(
        OpenAiStreamingChatModel.builder()
            .httpClientBuilder(new JdkHttpClientBuilder().httpClientBuilder(http))
            .baseUrl(endpoint.baseUrl())
            .apiKey(endpoint.apiKey())
            .modelName(endpoint.model())
            .timeout(ANSWERS_WITHIN)
            .returnThinking(true)
            .build(),
        ids);
  }

  @Override
  public Said answer(Prompt prompt, Sink out) throws InterruptedException, Broken {
    ChatRequest request =
        ChatRequest.builder().messages(messages(prompt)).toolSpecifications(tools()).build();
    for (int tries = 1; ; tries++) {
      ProviderStream stream = new ProviderStream(out, ids);
      try {
        model.chat(request, stream);
        return stream.said();
      } catch (ProviderStream.Failed e) {
        if (stream.begun() || tries == TRIES || !fromTheNetwork(e)) {
          throw new Broken(words(e, stream.begun()));
        }
      }
    }
  }

  /** An answer that broke off says nothing of whose fault that is. */
  private static String words(ProviderStream.Failed failure, boolean begun) {
    String said = failure.getMessage();
    return begun || fromTheNetwork(failure)
        ? "the model's provider broke off (" + said + ")"
        : String.valueOf(said);
  }

  private static boolean fromTheNetwork(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static List<ToolSpecification> tools() {
    return Tools.ALL.stream()
        .map(
            tool -> {
              JsonObjectSchema.Builder input = JsonObjectSchema.builder();
              tool.fields().forEach(input::addStringProperty);
              return ToolSpecification.builder()
                  .name(tool.name())
                  .description(tool.text())
                  .parameters(input.required(tool.fields()).additionalProperties(false).build())
                  .build();
            })
        .toList();
  }

  private static List<ChatMessage> messages(Prompt prompt) {
    List<ChatMessage> messages = new ArrayList<>();
    messages.add(SystemMessage.from(prompt.instructions()));
    for (Turn turn : prompt.turns()) {
      messages.add(
          switch (turn) {
            case Turn.Asked asked -> UserMessage.from(asked.text());
            case Turn.Answered answered -> answered(answered);
            case Turn.Result result ->
                ToolExecutionResultMessage.from(
                    request(result.call()), Tools.told(result.outcome()));
          });
    }
    return messages;
  }

  private static AiMessage answered(Turn.Answered answered) {
    if (answered.calls().isEmpty()) {
      return AiMessage.from(answered.text());
    }
    AiMessage.Builder message =
        AiMessage.builder()
            .toolExecutionRequests(answered.calls().stream().map(ProviderModel::request).toList());
    return answered.text().isEmpty() ? message.build() : message.text(answered.text()).build();
  }

  private static ToolExecutionRequest request(Turn.Call call) {
    return ToolExecutionRequest.builder()
        .id(call.id())
        .name(call.tool())
        .arguments(Json.write(call.input()))
        .build();
  }
}
