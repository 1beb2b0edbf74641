namespace MiniKube;

/// <summary>Where <c>up</c> shows how far it is: a live table on a terminal, plain lines in a pipe.</summary>
internal interface IProgressView
{
    /// <summary>Shows things while the work runs, and leaves the last state on the screen.</summary>
    Task ShowAsync(Func<Task> work);

    /// <summary>The state of one thing, replacing what was shown of it before.</summary>
    void Set(string name, string state, bool done);

    /// <summary>Something the person should know, once.</summary>
    void Warn(string text);
}
