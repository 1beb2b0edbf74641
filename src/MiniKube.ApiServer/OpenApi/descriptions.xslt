<?xml version="1.0" encoding="utf-8"?>
<!-- What the models' types and fields are for, out of their documentation: NAME, a tab and the text per line; a pilcrow ends a line of it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text" encoding="utf-8" />
  <xsl:template match="/">
    <xsl:for-each select="doc/members/member[starts-with(@name, 'T:k8s.Models.') or starts-with(@name, 'P:k8s.Models.')]">
      <xsl:value-of select="concat(substring(@name, 14), '&#9;', normalize-space(translate(summary, '&#10;', '&#182;')), '&#10;')" />
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
