using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using QwenVl.Protos.V1;

namespace QwenVl.Tests.Client.Fakes;

/// <summary>
/// What a seed does to the streams between a client and a server: cuts, delays, throttling, damaged messages, refusals, in a
/// bounded number, so that there is a network again in the end.
/// </summary>
internal sealed class Faults
{
    private static readonly double[] Rates = [0.02, 0.08, 0.25];

    private readonly Random _random;
    private readonly Lock _gate = new();
    private readonly double _rate;
    private readonly int _delays;
    private int _left;

    public Faults(int seed)
    {
        _random = new Random(seed);
        _rate = Rates[_random.Next(Rates.Length)];
        _left = _random.Next(14);
        _delays = _random.Next(3) switch { 0 => 1, 1 => 8, _ => 60 };
    }

    private enum Kind
    {
        None,
        Cut,
        End,
        ServerEnds,
        Damage,
        Refuse,
    }

    /// <summary>Faults done.</summary>
    public int Done { get; private set; }

    /// <summary>Opens a stream, or finds nobody there.</summary>
    public FakeStream Open(ScriptedServer server)
    {
        if (Draw() is Kind.Cut or Kind.End) throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "connection refused"));
        return new FakeStream(server.RunAsync) { Up = Up };
    }

    /// <summary>Carries a message down, or does something to it.</summary>
    public async Task CarryAsync(FakeStream stream, ServerMessage message)
    {
        for (int i = Next(_delays); i > 0; i--) await Task.Yield();
        switch (message.Welcome is null ? Draw() : Kind.None)
        {
            case Kind.Cut: throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "connection reset"));
            case Kind.ServerEnds: throw ScriptedServer.Ended(Code.Unavailable, "ENDING", TimeSpan.FromMilliseconds(50));
            case Kind.End:
                stream.End();
                throw new OperationCanceledException("The script ends here.");
            case Kind.Damage: stream.Send(Damaged(message)); break;
            case Kind.Refuse when QuestionOf(message) is > 0 and var id:
                stream.Send(new ServerMessage { QuestionFailed = new QuestionFailed { QuestionId = id, Code = (int)Code.ResourceExhausted, Reason = "QUEUE_FULL", RetryAfterMs = 20 } });
                break;
            default: stream.Send(message); break;
        }
    }

    /// <summary>A number under a bound.</summary>
    public int Next(int bound)
    {
        lock (_gate) return _random.Next(bound);
    }

    private static uint QuestionOf(ServerMessage message) => message.Tokens?.QuestionId ?? message.FeatureHeader?.QuestionId ?? message.FeatureChunk?.QuestionId ?? 0;

    private Kind Draw()
    {
        lock (_gate)
        {
            if (_left == 0 || _random.NextDouble() >= _rate) return Kind.None;
            _left--;
            Done++;
            return (Kind)_random.Next(1, 6);
        }
    }

    /// <summary>What goes up is carried, damaged where a checksum or a rule tells, or finds the stream gone.</summary>
    private ClientMessage Up(ClientMessage message)
    {
        if (message.ImageChunk is not { } chunk) return message;
        switch (Draw())
        {
            case Kind.Cut or Kind.End or Kind.ServerEnds: throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "connection reset"));
            case Kind.Damage: chunk.Data = Flipped(chunk.Data); break;
        }

        return message;
    }

    private ServerMessage Damaged(ServerMessage original)
    {
        ServerMessage message = original.Clone();
        bool other = Next(2) == 0;
        switch (message.MessageCase)
        {
            case ServerMessage.MessageOneofCase.ImageNeeded when other: message.ImageNeeded.Offset = Next(3) - 1; break;
            case ServerMessage.MessageOneofCase.ImageNeeded: message.ImageNeeded.ImageId += 7; break;
            case ServerMessage.MessageOneofCase.FeatureHeader: DamageHeader(message.FeatureHeader); break;
            case ServerMessage.MessageOneofCase.FeatureChunk when other: message.FeatureChunk.Data = Flipped(message.FeatureChunk.Data); break;
            case ServerMessage.MessageOneofCase.FeatureChunk: message.FeatureChunk.Offset ^= 1L << Next(12); break;
            case ServerMessage.MessageOneofCase.Tokens when other: message.Tokens.Ids[Next(message.Tokens.Ids.Count)] ^= 1 << Next(8); break;
            case ServerMessage.MessageOneofCase.Tokens: message.Tokens.FirstIndex ^= 1 << Next(5); break;
            case ServerMessage.MessageOneofCase.HandedOff when other: message.HandedOff.QuestionId += (uint)Next(3); break;
            case ServerMessage.MessageOneofCase.HandedOff: message.HandedOff.Count ^= 1 << Next(5); break;
            case ServerMessage.MessageOneofCase.Finished when other: message.Finished.Reason = (Finished.Types.Reason)Next(6); break;
            case ServerMessage.MessageOneofCase.Finished: message.Finished.Count ^= 1 << Next(5); break;
        }

        return message;
    }

    private void DamageHeader(FeatureHeader header)
    {
        switch (Next(6))
        {
            case 0: header.QuestionId += 9; break;
            case 1: header.ImageId++; break;
            case 2: header.FirstOffset += Next(1000); break;
            case 3: header.TotalBytes ^= 1L << Next(30); break;
            case 4: header.GridHeight ^= 1 << Next(6); break;
            default: header.ImageSha256 = Flipped(header.ImageSha256); break;
        }
    }

    private ByteString Flipped(ByteString data)
    {
        byte[] bytes = data.ToByteArray();
        bytes[Next(bytes.Length)] ^= (byte)(1 << Next(8));
        return ByteString.CopyFrom(bytes);
    }
}
