namespace QwenVl.Client.Transport;

/// <summary>A token as the server sent it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What its message said it adds, on the message's last token; empty on the others.</param>
/// <param name="Arrived">Timestamp of its arrival.</param>
internal readonly record struct CloudToken(int Id, string Text, long Arrived);
