using System.Security.Cryptography;
using Google.Protobuf;
using QwenVl.Protos.V1;
using QwenVl.Server.Streaming;
using QwenVl.Tests.Runtime.Preprocessing;
using QwenVl.Tests.Server.Fakes;

namespace QwenVl.Tests.Server.Streaming;

[Collection(SharedServerGroup.Name)]
public sealed class HeldFeaturesTests(SharedServer shared)
{
    [Fact]
    public async Task Features_go_on_after_what_the_client_holds_where_it_is_the_same()
    {
        using TestStream stream = await TestStream.GreetAsync(shared.Server);
        await stream.UploadAsync(1, PictureFiles.Good);
        byte[] whole = Payload(await stream.AskAsync(Ask(1)), out _);
        uint question = 1;
        foreach (int held in (int[])[1, whole.Length / 2, whole.Length - 1, whole.Length])
        {
            byte[] rest = Payload(await stream.AskAsync(Ask(++question, held, SHA256.HashData(whole.AsSpan(0, held)))), out FeatureHeader header);

            Assert.Equal((held, whole.Length), (header.FirstOffset, header.TotalBytes));
            Assert.Equal(whole[held..], rest);
        }
    }

    [Fact]
    public async Task Features_are_all_sent_where_the_client_holds_others_or_says_what_cannot_be()
    {
        using TestStream stream = await TestStream.GreetAsync(shared.Server);
        await stream.UploadAsync(1, PictureFiles.Good);
        byte[] whole = Payload(await stream.AskAsync(Ask(1)), out _);
        uint question = 1;
        foreach ((long held, byte[] hash) in ((long, byte[])[])[(100, SHA256.HashData(whole.AsSpan(1, 100))), (100, []), (-1, SHA256.HashData([])), (0, SHA256.HashData([])), (long.MaxValue, new byte[32]), (whole.Length + 1, new byte[32])])
        {
            byte[] again = Payload(await stream.AskAsync(Ask(++question, held, hash)), out FeatureHeader header);

            Assert.Equal(0, header.FirstOffset);
            Assert.Equal(whole, again);
        }
    }

    [Fact]
    public void Of_several_pictures_nothing_is_taken_for_held() => Assert.Equal(default, HeldFeatures.From(Ask(1, 5, new byte[32]), 2));

    private static Ask Ask(uint id, long held = 0, byte[]? sha256 = null) => new()
    {
        QuestionId = id,
        ImageIds = { 1 },
        Prompt = "What is it?",
        Features = FeatureType.Float16,
        FeaturesFrom = held,
        FeaturesSha256 = ByteString.CopyFrom(sha256 ?? []),
    };

    private static byte[] Payload(TestAnswer answer, out FeatureHeader header)
    {
        header = answer.Messages.Single(message => message.FeatureHeader is not null).FeatureHeader;
        return [.. answer.Messages.Where(message => message.FeatureChunk is not null).SelectMany(message => message.FeatureChunk.Data)];
    }
}
