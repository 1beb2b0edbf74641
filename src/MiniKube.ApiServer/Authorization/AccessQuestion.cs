namespace MiniKube.ApiServer;

/// <summary>
/// Whether somebody may do something, in the words of rules: for verbs that are no requests (<c>use</c>, <c>impersonate</c>,
/// <c>*</c>) and resources this server may not have.
/// </summary>
/// <param name="Verb">In lower case.</param>
/// <param name="Group">The API group; empty for the core one.</param>
/// <param name="Resource">The plural name.</param>
/// <param name="Subresource">Empty for the object itself.</param>
/// <param name="Namespace">Empty for cluster-scoped resources and for all namespaces.</param>
/// <param name="Name">Empty for a collection.</param>
internal readonly record struct AccessQuestion(
    string Verb, string Group, string Resource, string Subresource = "", string Namespace = "", string Name = "");
