package io.holdfast.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Answers streamed token by token, all at once and each on a channel of its own: one message is
 * created, and every token is an append to it, at the pace of a language model.
 */
final class AnswerLoad {
  private static final byte[] CREATED = "\"}]}".getBytes(StandardCharsets.UTF_8);

  private final Arguments arguments;
  private final Dialer dialer;
  private final Stage stage;
  private final Prose prose = new Prose(new Random(7));
  private final int tokens;
  private final List<Agent> agents = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();
  private long payloadBytes;
  private int nextAnswer;

  AnswerLoad(Arguments arguments, Dialer dialer) {
    this.arguments = arguments;
    this.dialer = dialer;
    this.stage = new Stage(dialer.loop());
    this.tokens = arguments.number("tokens");
  }

  Outcome run() {
    int count = arguments.number("answers", 100);
    int connections = Math.min(count, arguments.number("connections", 16));
    for (int i = 0; i < connections; i++) {
      agents.add(new Agent());
    }
    var sockets = dialer.open(connections, agents::get);
    stage.run(
        () -> {
          for (int i = 0; i < count; i++) {
            answers.add(new Answer("answer-" + i, agents.get(i % connections)));
          }
          for (int i = 0; i < connections; i++) {
            agents.get(i).start(sockets.get(i));
          }
        });
    require(stage.await(30_000, () -> agents.stream().allMatch(Agent::created)), "creates");

    double perSecond = arguments.number("rate", 50) * (double) count;
    var pacer =
        stage.on(
            () -> {
              var open = new Pacer(dialer.loop(), perSecond, new Tokens());
              open.run();
              return open;
            });
    int millis = (int) (1000.0 * tokens * count / perSecond);
    require(stage.await(millis * 3 + 30_000, this::complete), "appends");
    stage.run(pacer::stop);
    return new Outcome()
        .put("answers", count)
        .put("payloadBytes", stage.on(() -> (double) payloadBytes));
  }

  private static void require(boolean done, String what) {
    if (!done) {
      throw new LoadFailure("Not all " + what + " were acknowledged in time.");
    }
  }

  private boolean complete() {
    return answers.stream().allMatch(answer -> answer.appended == tokens)
        && agents.stream().allMatch(Agent::acknowledged);
  }

  /** Tokens come round robin, so the answers' appends are spread over each interval. */
  private final class Tokens implements Pacer.Due {
    @Override
    public void at(long nanos) {
      Answer answer = answers.get(nextAnswer++ % answers.size());
      if (answer.appended < tokens) {
        answer.append(prose.token());
      }
    }

    @Override
    public void batchComplete() {
      agents.forEach(Agent::flush);
    }
  }

  private final class Answer {
    private final String channel;
    private final Agent agent;
    private String serial = "";
    private int appended;

    Answer(String channel, Agent agent) {
      this.channel = channel;
      this.agent = agent;
      agent.toCreate.add(this);
    }

    void append(String token) {
      appended++;
      payloadBytes += token.length();
      agent.publish(channel, "\"action\":5,\"serial\":\"" + serial + "\",\"data\":\"" + token);
    }
  }

  /** One connection, which streams several answers. */
  private final class Agent implements ClientSocket.Reader {
    private final List<Answer> toCreate = new ArrayList<>();
    private @Nullable ClientSocket socket;
    private int createdCount;
    private long nextSerial;
    private long acknowledgedBelow;
    private boolean dirty;

    void start(ClientSocket opened) {
      socket = opened;
      create();
    }

    boolean created() {
      return createdCount == toCreate.size();
    }

    boolean acknowledged() {
      return acknowledgedBelow == nextSerial;
    }

    /** One at a time: the only answer in flight is the one an ACK's serial belongs to. */
    private void create() {
      publish(toCreate.get(createdCount).channel, "\"name\":\"answer\",\"data\":\"");
      flush();
    }

    void publish(String channel, String message) {
      ByteBufAllocator allocator = open().allocator();
      ByteBuf text = allocator.buffer(256);
      text.writeCharSequence(
          "{\"action\":15,\"channel\":\"" + channel + "\",\"msgSerial\":", StandardCharsets.UTF_8);
      PublishFrame.writeNumber(text, nextSerial++);
      text.writeCharSequence(",\"messages\":[{" + message, StandardCharsets.UTF_8);
      open().write(text.writeBytes(CREATED));
      dirty = true;
    }

    void flush() {
      if (dirty) {
        dirty = false;
        open().flush();
      }
    }

    private ClientSocket open() {
      ClientSocket now = socket;
      if (now == null) {
        throw new IllegalStateException("An agent publishes before it is connected.");
      }
      return now;
    }

    @Override
    public void frame(ClientSocket from, ByteBuf buf, int start, int end) {
      if (Wire.number(buf, start, end, Wire.ACTION_KEY) != Wire.ACK) {
        stage.fail("Unexpected answer: " + Load.text(buf, start, end));
        return;
      }
      long first = Wire.number(buf, start, end, Wire.SERIAL_KEY);
      if (first != acknowledgedBelow) {
        stage.fail("ACK of " + first + " where " + acknowledgedBelow + " was next.");
      }
      acknowledgedBelow = first + Math.max(1, Wire.number(buf, start, end, Wire.COUNT_KEY));
      if (!created()) {
        String serial = Wire.text(buf, start, end, Wire.SERIALS_KEY);
        toCreate.get(createdCount++).serial = serial == null ? "" : serial;
        if (!created()) {
          create();
        }
      }
    }

    @Override
    public void closed(ClientSocket from, String why) {
      stage.fail("An agent's connection ended: " + why);
    }
  }
}
