namespace MiniKube.Api;

/// <content>The sentences, as Kubernetes words them; clients show them to people, some test for them.</content>
public static partial class Names
{
    internal static class Messages
    {
        public const string DnsLabel =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
            + "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

        public const string DnsSubdomain =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
            + "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            + @"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

        public const string WildcardSubdomain =
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower "
            + "case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used "
            + @"for validation is '\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

        public const string PathPart =
            "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

        public const string Dns1035Label =
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and "
            + "end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
            + "'[a-z]([-a-z0-9]*[a-z0-9])?')";

        public const string LabelValue =
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
            + "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
            + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

        public const string NamePart =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
            + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

        public const string QualifiedName =
            "a qualified name " + NamePart + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";

        public const string EnvironmentName =
            "a valid environment variable name must consist only of printable ASCII characters other than '='";

        public const string ConfigKey =
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
            + "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

        public const string HttpHeaderName =
            "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation "
            + "is '[-A-Za-z0-9]+')";

        public const string Percent =
            "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for "
            + "validation is '[0-9]+%')";
    }
}
