namespace QwenVl.Benchmarks.Load.Pictures;

/// <summary>Which file a request sends.</summary>
/// <param name="Size">The number of its size in the scenario.</param>
/// <param name="Motif">The number of its motif: all files of one motif have the same pixels.</param>
/// <param name="Serial">Makes its bytes its own: two files of one serial are equal, of two serials never.</param>
/// <param name="IsRepeat">Whether an earlier request sends the same file.</param>
internal readonly record struct PictureChoice(int Size, int Motif, long Serial, bool IsRepeat = false);
