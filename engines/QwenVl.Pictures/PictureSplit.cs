namespace QwenVl.Pictures;

/// <summary>What a picture is for. The two share no fonts, no word combinations, no scenes and no random numbers.</summary>
public enum PictureSplit
{
    /// <summary>Checkpoints learn from it.</summary>
    Train,

    /// <summary>Checkpoints are judged on it.</summary>
    Heldout,
}
