namespace QwenVl.Client.Answers;

/// <summary>How many pixels of a picture the models see.</summary>
public enum PictureResolution
{
    /// <summary>What the picture and the prompt need: 512, or 1024 where detail would be lost that the prompt may ask for.</summary>
    Auto,

    /// <summary>A budget of 512 x 512 pixels, aspect kept.</summary>
    Pixels512,

    /// <summary>A budget of 1024 x 1024 pixels, aspect kept.</summary>
    Pixels1024,
}
