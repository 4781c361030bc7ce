# The image brings Node itself, and its PostgreSQL is another container: so the Node and the PostgreSQL that npm would
# install as optional dependencies stay out.
FROM node:26-slim

WORKDIR /app
ENV NODE_ENV=production \
    VESTIBULE_HOST=0.0.0.0 \
    VESTIBULE_DATA_DIR=/data \
    VESTIBULE_SECRETS_FILE=/data/secrets.json

# argon2 ships what it has built, so that no package's script has to run.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY . .

# A new volume takes owner and mode from here.
RUN install --directory --owner=node --group=node --mode=0700 /data
VOLUME /data
USER node

EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 3000) + '/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/vestibule.js"]
CMD ["start"]
