namespace QwenVl.Pictures.Words;

/// <summary>A row of the list: the same sign in three languages. "#" stands for a number.</summary>
internal sealed record SignWord(string English, string German, string Chinese)
{
    public bool IsNumbered => English.Contains('#', StringComparison.Ordinal);

    public string In(SignLanguage language) => language switch
    {
        SignLanguage.English => English,
        SignLanguage.German => German,
        _ => Chinese,
    };
}
