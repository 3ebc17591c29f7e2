"""A small OpenAPI document with what ours has: references, problems, headers, bodies."""

from typing import Final

from credhub.jsontypes import JsonObject

OPENAPI: Final[JsonObject] = {
    "openapi": "3.1.0",
    "info": {
        "title": "credhub",
        "version": "0.1.0",
        "description": "Issue and verify. Errors are `application/problem+json`.",
    },
    "servers": [{"url": "https://learn.example.org"}],
    "paths": {
        "/v1/credentials": {
            "post": {
                "tags": ["Credentials"],
                "summary": "Issue one credential",
                "description": "Sign one credential and record it.\n"
                "\n"
                "The same `Idempotency-Key` with the "
                "same body gives the same credential "
                "for ever.",
                "security": [{"key": []}],
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string"},
                        "description": "Chosen by you, one per credential.",
                    }
                ],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Issue"}}
                    }
                },
                "responses": {
                    "201": {
                        "description": "Issued",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Issued"}}
                        },
                    },
                    "409": {
                        "description": "`idempotency-conflict`, `erased`",
                        "content": {"application/problem+json": {"schema": {}}},
                    },
                    "422": {
                        "description": "`malformed-request`",
                        "content": {"application/problem+json": {}},
                    },
                },
            },
            "get": {
                "tags": ["Credentials"],
                "summary": "List credentials",
                "security": [{"key": []}],
                "parameters": [
                    {
                        "name": "cursor",
                        "in": "query",
                        "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "A page of them",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            },
        },
        "/v1/credentials/{credential_id}/revocation": {
            "post": {
                "tags": ["Credentials"],
                "summary": "Revoke one credential for good",
                "security": [{"key": []}],
                "parameters": [
                    {
                        "name": "credential_id",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                    }
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["reason"],
                                "properties": {
                                    "reason": {
                                        "type": "string",
                                        "description": "Shown to nobody but the hub.",
                                    }
                                },
                            }
                        }
                    }
                },
                "responses": {
                    "201": {"description": "Revoked"},
                    "404": {
                        "description": "`credential-not-found`",
                        "content": {"application/problem+json": {}},
                    },
                },
            }
        },
        "/v1/verify": {
            "post": {
                "tags": ["Verification"],
                "summary": "Verify a credential",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"credential": {"type": "object"}},
                                "required": ["credential"],
                            }
                        }
                    }
                },
                "responses": {"200": {"description": "The report"}},
            }
        },
    },
    "components": {
        "schemas": {
            "Issue": {
                "type": "object",
                "required": ["achievement", "recipient"],
                "properties": {
                    "achievement": {
                        "type": "string",
                        "description": "The public code of a definition.",
                    },
                    "recipient": {"$ref": "#/components/schemas/Recipient"},
                    "awardedDate": {
                        "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]
                    },
                    "evidence": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Evidence"},
                    },
                },
            },
            "Recipient": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {
                        "type": "string",
                        "description": "As it is to be printed.",
                        "examples": ["Amina Yusuf Warsame"],
                    },
                    "email": {"type": "string", "format": "email"},
                },
            },
            "Evidence": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "format": "uri"},
                    "narrative": {"type": "string"},
                },
            },
            "Issued": {
                "type": "object",
                "required": ["id", "url"],
                "properties": {
                    "id": {"type": "string"},
                    "url": {"type": "string", "format": "uri"},
                    "status": {"enum": ["active", "revoked", "suspended"]},
                },
            },
        }
    },
}
