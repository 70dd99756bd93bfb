using Google.Protobuf;
using QwenVl.Benchmarks.Load.Checking;
using QwenVl.Benchmarks.Load.Pictures;
using QwenVl.Model.Features;
using QwenVl.Protos.V1;

namespace QwenVl.Tests.Load.Checking;

public sealed class AnswerCheckTests
{
    private const int Width = 4;
    private const int Grid = 4;
    private const int TotalBytes = Grid * Grid / 4 * Width * 2;

    private static readonly PictureFile File = new(new byte[10], new byte[16], new byte[32]);

    private readonly FeatureLedger _ledger = new();

    [Fact]
    public void A_right_answer_has_no_violation()
    {
        using AnswerCheck check = Check(takeOverAt: 4);
        foreach (ServerMessage message in (ServerMessage[])[Tokens(0, 2), Header(), Chunk(0, 1), Tokens(2, 2), Chunk(TotalBytes / 2, 2), new() { Timings = new() }, HandedOff(4)]) check.Take(message);

        Assert.Empty(check.Violations);
        Assert.Equal((4, true, TotalBytes), (check.Tokens.Count, check.HasAllFeatures, check.FeatureBytes));
    }

    [Fact]
    public void A_gap_a_repeat_and_a_wrong_count_of_tokens_are_found()
    {
        using AnswerCheck gap = Check(features: false), repeat = Check(features: false), count = Check(features: false);
        foreach (ServerMessage message in (ServerMessage[])[Tokens(0, 2), Tokens(3, 1), Finished(4)]) gap.Take(message);
        foreach (ServerMessage message in (ServerMessage[])[Tokens(0, 3), Tokens(1, 3), Finished(4)]) repeat.Take(message);
        foreach (ServerMessage message in (ServerMessage[])[Tokens(0, 2), Finished(3)]) count.Take(message);

        Assert.Equal([Violation.MissingTokens], gap.Violations);
        Assert.Equal([Violation.DuplicateTokens], repeat.Violations);
        Assert.Equal([Violation.CountMismatch], count.Violations);
        Assert.Equal((1, 2, 1), (gap.Tokens.Missing, repeat.Tokens.Duplicates, count.Tokens.Missing));
    }

    [Fact]
    public void A_token_of_the_server_after_the_take_over_is_found()
    {
        using AnswerCheck check = Check(takeOverAt: 2, features: false);
        check.Take(Tokens(0, 3));

        Assert.Equal([Violation.TokenAfterTakeOver], check.Violations);
    }

    [Fact]
    public void Damaged_disordered_and_missing_features_are_found()
    {
        using AnswerCheck damaged = Check(), disordered = Check(), missing = Check(), headless = Check();
        ServerMessage bad = Chunk(0, 1);
        bad.FeatureChunk.Crc32C++;
        foreach (ServerMessage message in (ServerMessage[])[Header(), bad]) damaged.Take(message);
        foreach (ServerMessage message in (ServerMessage[])[Header(), Chunk(TotalBytes / 2, 1)]) disordered.Take(message);
        foreach (ServerMessage message in (ServerMessage[])[Header(), Chunk(0, 1), Finished(0)]) missing.Take(message);
        headless.Take(Chunk(0, 1));

        Assert.Equal([Violation.FeatureChecksum], damaged.Violations);
        Assert.Equal([Violation.FeatureOrder], disordered.Violations);
        Assert.Equal([Violation.FeaturesIncomplete], missing.Violations);
        Assert.Equal([Violation.FeatureOrder], headless.Violations);
    }

    [Fact]
    public void A_header_of_another_picture_or_with_wrong_numbers_is_found()
    {
        ServerMessage other = Header(), size = Header();
        other.FeatureHeader.ImageSha256 = ByteString.CopyFrom(new byte[31], 0, 31);
        size.FeatureHeader.TotalBytes++;
        using AnswerCheck first = Check(), second = Check();
        first.Take(other);
        second.Take(size);

        Assert.Equal([Violation.FeatureHeader], first.Violations);
        Assert.Equal([Violation.FeatureHeader], second.Violations);
    }

    [Fact]
    public void Features_that_differ_from_those_of_the_same_pixels_are_found()
    {
        using AnswerCheck first = Check(), same = Check(), wrong = Check(), otherMotif = Check(motif: 1);
        foreach (AnswerCheck check in (AnswerCheck[])[first, same]) Send(check, 1, 2);
        Send(wrong, 1, 3);
        Send(otherMotif, 1, 3);

        Assert.Empty(first.Violations);
        Assert.Empty(same.Violations);
        Assert.Equal([Violation.WrongFeatures], wrong.Violations);
        Assert.Empty(otherMotif.Violations);
        Assert.Equal(2, _ledger.Compared);
    }

    [Fact]
    public void A_second_end_a_message_after_it_and_no_end_at_all_are_found()
    {
        using AnswerCheck twice = Check(features: false), after = Check(features: false), none = Check(features: false);
        foreach (ServerMessage message in (ServerMessage[])[Finished(0), HandedOff(0)]) twice.Take(message);
        foreach (ServerMessage message in (ServerMessage[])[Finished(0), Tokens(0, 1)]) after.Take(message);
        none.StreamEnded();

        Assert.Equal([Violation.MessageAfterEnd], twice.Violations);
        Assert.Equal([Violation.MessageAfterEnd], after.Violations);
        Assert.Equal([Violation.NoEnd], none.Violations);
    }

    [Fact]
    public void Features_that_were_not_asked_for_are_found()
    {
        using AnswerCheck check = Check(features: false);
        check.Take(Header());

        Assert.Equal([Violation.Unexpected], check.Violations);
    }

    [Fact]
    public void A_cancelled_answer_may_be_incomplete()
    {
        using AnswerCheck check = Check();
        check.Take(new ServerMessage { Finished = new Finished { Reason = Protos.V1.Finished.Types.Reason.Cancelled, Count = 9 } });

        Assert.Empty(check.Violations);
    }

    private static void Send(AnswerCheck check, byte first, byte second)
    {
        foreach (ServerMessage message in (ServerMessage[])[Header(), Chunk(0, first), Chunk(TotalBytes / 2, second), Finished(0)]) check.Take(message);
    }

    private AnswerCheck Check(int takeOverAt = 0, bool features = true, int motif = 0) =>
        new(new Ask { Tokens = true, TakeOverAt = takeOverAt, Features = features ? FeatureType.Float16 : FeatureType.Unspecified }, new PictureChoice(0, motif, 0), File, _ledger);

    private static ServerMessage Tokens(int first, int count) => new() { Tokens = new Tokens { FirstIndex = first, Ids = { Enumerable.Repeat(1, count) } } };

    private static ServerMessage Header() => new()
    {
        FeatureHeader = new FeatureHeader
        {
            Type = FeatureType.Float16,
            ImageSha256 = ByteString.CopyFrom(File.Sha256),
            ImageBytes = File.Bytes.Length,
            GridHeight = Grid,
            GridWidth = Grid,
            Tokens = Grid * Grid / 4,
            Width = Width,
            TotalBytes = TotalBytes,
            StripeRows = 2,
        },
    };

    private static ServerMessage Chunk(int offset, byte value)
    {
        byte[] data = [.. Enumerable.Repeat(value, TotalBytes / 2)];
        return new ServerMessage { FeatureChunk = new FeatureChunk { Offset = offset, Data = ByteString.CopyFrom(data), Crc32C = Crc32C.Compute(data) } };
    }

    private static ServerMessage HandedOff(int count) => new() { HandedOff = new HandedOff { Count = count } };

    private static ServerMessage Finished(int count) => new() { Finished = new Finished { Reason = Protos.V1.Finished.Types.Reason.Stop, Count = count } };
}
